package page

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"repbench/reports/internal/figures"
)

func TestBound(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"43.85 %", "43.85_%"},
		{"dcgan with 49.30 % (47.11–51.49 %), then 43.85 %.", "dcgan with 49.30_% (47.11–51.49_%), then 43.85_%."},
		{"12 min 5 s", "12_min 5_s"},
		{"1.3 s, 230 MiB", "1.3_s, 230_MiB"},
		{"73.8 % ± 0.4", "73.8_% ± 0.4"},
		{"5 10 % 20 %", "5 10_% 20_%"},
		{"60 steps, 10 samples, 2 hours", "60 steps, 10 samples, 2 hours"},
		{"folder:/data/set 5 s/train", "folder:/data/set 5 s/train"},
		{"/data/5 s", "/data/5 s"},
		{`C:\5 min`, `C:\5 min`},
	} {
		if got := bound(tt.in); got != strings.ReplaceAll(tt.want, "_", "\u00a0") {
			t.Errorf("%q becomes %q", tt.in, got)
		}
	}
}

// Every kind of text of a page keeps numbers and units together.
func TestPageKeepsUnits(t *testing.T) {
	const n = "is 43.85 % in 12 min 5 s"
	picture := somePicture(t, "p", 1, 1, 9)
	picture.Label = n
	d := Document{Title: n, Subtitle: n, Sections: []Section{{ID: "a", Title: n, Blocks: []Block{
		Text(n), Callout{Items: []string{n}}, Tiles{{n, n, n}},
		Table{Caption: n, Common: []Fact{{n, n}}, Columns: []Column{{Title: n}, {Title: n, Right: true}},
			Rows: []TableRow{{Cells: []string{n, n + ", " + n}}, {Cells: []string{n, n}, Link: "a"}}},
		Facts{Caption: n, Items: []Fact{{n, n}}},
		Figure{Name: "f", Caption: n, Drawing: figures.Bars([]figures.Row{{Label: "a", Value: 0.5}}, figures.BarsOptions{Axis: "accuracy"})},
		Pictures{Items: []Picture{picture}, Caption: n},
		Gallery{Items: []GalleryItem{{picture, n}}, Caption: n},
		Strips{Items: []Strip{{picture, []string{n}}}, Caption: n},
	}}}}
	b, err := HTML(d)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(b), "<body>")
	body = html.UnescapeString(regexp.MustCompile(`(?s)<svg .*?</svg>|<[^>]*>`).ReplaceAllString(body, "\n"))
	if s := regexp.MustCompile(`.*[0-9] (%|min|s)\b.*`).FindString(body); s != "" || strings.Contains(body, "85 %") {
		t.Errorf("the page has %q with a space at which a line may end", s)
	}
	if n := strings.Count(body, "43.85\u00a0% in 12\u00a0min 5\u00a0s"); n < 27 {
		t.Errorf("the page shows %d of its texts", n)
	}
}

// The arrow between two names stays between them in their order.
func TestArrow(t *testing.T) {
	if got := inHTML("אב → גד"); got != "אב →\u200e גד" {
		t.Errorf("%q", got)
	}
}
