package page

import (
	"bytes"
	"compress/zlib"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"gonum.org/v1/plot/vg"
)

// The same document gives the same bytes. It holds pictures of one width, which
// the library alone would put in a map's order, and runes that share a glyph.
func TestPDFDeterministic(t *testing.T) {
	d := someDocument(t, 10)
	d.Subtitle = "a\u00a0b – µ μ Ω Ω Δ ∆ - \u2010"
	first, err := PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		again, err := PDF(d)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("the same document gave other bytes")
		}
	}
}

var (
	streamPart = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	textAt     = regexp.MustCompile(`(?s)BT (-?[\d.]+) (-?[\d.]+) Td \((.*?[^\\]|)\) Tj ET`)
)

// placed is a text of a PDF page, y upwards from its lower edge.
type placed struct {
	text string
	x, y float64
}

// pages returns the texts of each page, as far as they are not turned.
func pages(t *testing.T, pdf []byte) [][]placed {
	t.Helper()
	var out [][]placed
	for _, m := range streamPart.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // not compressed: a map of characters
		}
		b, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(b, []byte(" Tf ET")) {
			continue // a font or a picture
		}
		var page []placed
		for _, m := range textAt.FindAllSubmatch(b, -1) {
			x, _ := strconv.ParseFloat(string(m[1]), 64)
			y, _ := strconv.ParseFloat(string(m[2]), 64)
			page = append(page, placed{decodeText(m[3]), x, y})
		}
		out = append(out, page)
	}
	return out
}

// decodeText undoes the escapes of a PDF string of UTF-16.
func decodeText(b []byte) string {
	raw := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(b))
	var u []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(u))
}

func TestPDFPages(t *testing.T) {
	b, err := PDF(someDocument(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	ps := pages(t, b)
	if len(ps) < 4 {
		t.Fatalf("%d pages; 200 rows and a large picture need at least 4", len(ps))
	}
	rows, heads := 0, 0
	for i, page := range ps {
		var all []string
		for _, p := range page {
			all = append(all, p.text)
			if p.x < marginX-0.01 || p.x > marginX+textW || p.y < 20 || p.y > pageH-20 {
				t.Errorf("page %d: %q is in the margin, at %v, %v", i+1, p.text, p.x, p.y)
			}
			if strings.HasPrefix(p.text, "row") {
				rows++
			}
			if p.text == "Accuracy" && p.y < pageH-20 {
				heads++
			}
		}
		text := strings.Join(all, "\n")
		if want := "Page " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(ps)); !strings.Contains(text, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
	}
	if rows != 200 {
		t.Errorf("%d rows, want 200", rows)
	}
	// The head stands on each page of the table, and the tile has that label too.
	if heads < 4 {
		t.Errorf("the head of the table stands on %d pages only", heads-1)
	}
}

// No text of the flow reaches into the footer.
func TestPDFKeepsBottomMargin(t *testing.T) {
	for n := 0; n < 60; n += 7 { // lines of text before the callout
		b, err := PDF(Document{Title: "t", Sections: []Section{
			{ID: "a", Title: "A", Blocks: []Block{Text(strings.Repeat("word ", 18*n)), Callout{Items: []string{strings.Repeat("x ", 200)}}, Facts{Items: []Fact{{"k", "v"}}}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages(t, b) {
			for _, p := range page {
				if p.y < marginBottom-3 && !strings.HasPrefix(p.text, "Page ") {
					t.Fatalf("n=%d: %q stands at %v, below the text", n, p.text, p.y)
				}
			}
		}
	}
}

func TestKeptRows(t *testing.T) {
	tests := []struct {
		name string
		n    int
		want string // k keeps the next row on its page, . does not
	}{
		{"none", 0, ""},
		{"one", 1, "."},
		{"short", 5, "kkkk."},
		{"long", 15, "kk..........kk."},
	}
	for _, tt := range tests {
		rows := make([]piece, tt.n)
		for i := range rows {
			rows[i].h = 20
		}
		got := ""
		for _, c := range keptRows(10, rows) {
			got += map[bool]string{true: "k", false: "."}[c.keep]
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func pt(x, y float64) vg.Point { return vg.Point{X: vg.Points(x), Y: vg.Points(y)} }

func TestCanvasTransform(t *testing.T) {
	c := newCanvas(newTestPDF(t), 100, 700)
	check := func(step string, x, y, wantX, wantY float64) {
		t.Helper()
		if gx, gy := c.at(pt(x, y)); math.Abs(gx-wantX) > 1e-9 || math.Abs(gy-wantY) > 1e-9 {
			t.Errorf("%s: (%v, %v) is at (%v, %v), want (%v, %v)", step, x, y, gx, gy, wantX, wantY)
		}
	}
	check("start: y upwards", 3, 5, 103, 695)
	c.Push()
	c.Translate(pt(10, 20))
	check("moved", 3, 5, 113, 675)
	c.Rotate(math.Pi / 2)
	check("turned counter-clockwise", 3, 0, 110, 677)
	check("turned counter-clockwise", 0, 3, 107, 680)
	c.Scale(2, 3)
	check("scaled", 3, 0, 110, 674)
	check("scaled", 0, 1, 107, 680)
	c.Pop()
	check("restored", 3, 5, 103, 695)
}

// A heading is not left behind at the foot of a page, and a short section of
// paragraphs is not broken.
func TestPDFKeepsTogether(t *testing.T) {
	for n := 0; n < 60; n += 5 {
		b, err := PDF(Document{Title: "t", Sections: []Section{
			{ID: "a", Title: "First", Blocks: []Block{Text(strings.Repeat("word ", 18*n))}},
			{ID: "b", Title: "Heading", Blocks: []Block{Text("alpha " + strings.Repeat("more ", 60)), Text("omega")}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		on := map[string]int{}
		for i, page := range pages(t, b) {
			for _, p := range page {
				for _, word := range []string{"Heading", "alpha", "omega"} {
					if strings.HasPrefix(p.text, word) {
						on[word] = i + 1
					}
				}
			}
		}
		if on["Heading"] == 0 || on["Heading"] != on["alpha"] || on["alpha"] != on["omega"] {
			t.Errorf("n=%d: the parts of a section are on the pages %v", n, on)
		}
	}
}
