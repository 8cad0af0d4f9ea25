package reports

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval/duplicates"
)

// twoImages is an example of two images of 4×4 pixels.
func twoImages(id string) duplicates.Example {
	im := datasets.Images{Data: make([]uint8, 48), N: 1, H: 4, W: 4, C: 3}
	return duplicates.Example{
		Label: "2 images", Size: 9,
		Refs:   []duplicates.Ref{{Set: "a", Split: "train", ID: id}, {Set: "a", Split: "test", ID: "2"}},
		Images: []datasets.Images{im, im},
	}
}

func readReport(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// outside finds references of a page to anything but itself.
var outside = regexp.MustCompile(`(?:src|href)="(?:[^#d]|d[^a])|url\(|<script|@import`)

func TestWriteDuplicates(t *testing.T) {
	o := &duplicates.Outcome{
		Summary: duplicates.Summary{
			Data: "toys", Images: 1000, Groups: 3, Removed: 25,
			Methods: []duplicates.MethodSummary{
				{Method: duplicates.MethodExact, Bits: 256, Groups: 1, Grouped: 2, Largest: 2, Removed: 1},
				{Method: duplicates.MethodPHash, Bits: 64, Radius: 2, Groups: 3, Grouped: 28, Largest: 20, Removed: 25},
			},
			Parts:    []duplicates.PartSummary{{Set: "toys", Split: "train", Images: 1000, Kept: 975, Keep: "keep_train.txt"}},
			Overlaps: []duplicates.Overlap{{A: "toys/test", B: "toys/train", ExactA: 11, ExactB: 12, NearA: 13, NearB: 14}},
		},
		Examples: []duplicates.Gallery{{Title: "Near <b>", Caption: "Two of them.", Examples: []duplicates.Example{twoImages("<script>"), twoImages("x")}}},
	}
	dir := t.TempDir()
	if err := WriteDuplicates(o, dir, nil); err != nil {
		t.Fatal(err)
	}
	html := readReport(t, dir, "index.html")
	for _, want := range []string{"2.5\u00a0% of all", "phash, radius 2", "keep_train.txt", "<td class=\"right\">13</td>", "&lt;script&gt;", "and 7 more"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if n := strings.Count(html, "data:image/png"); n != 2 {
		t.Errorf("%d pictures, want 2", n)
	}
	if m := outside.FindString(html); m != "" {
		t.Errorf("the page holds %q", m)
	}
	if md := readReport(t, dir, "report.md"); !strings.Contains(md, "figures/examples-1-1.png") {
		t.Error("the Markdown has no picture")
	}
	if pdf := readReport(t, dir, "report.pdf"); !strings.HasPrefix(pdf, "%PDF-") {
		t.Error("report.pdf is no PDF file")
	}
}

func TestWritePlanted(t *testing.T) {
	score := duplicates.Score{
		MethodSummary: duplicates.MethodSummary{Method: duplicates.MethodAutoencoder, Bits: 128, Threshold: "0"},
		All:           duplicates.Share{Found: 3, Of: 8}, Precision: duplicates.Share{Found: 3, Of: 4}, Others: duplicates.Share{Found: 1, Of: 50},
	}
	score.Recall[duplicates.JPEG] = duplicates.Share{Found: 1, Of: 2}
	o := &duplicates.PlantedOutcome{PlantedSummary: duplicates.PlantedSummary{
		Data: "toys", Images: 50, Planted: 8, Seed: 3, Kinds: []string{"jpeg", "crop", "brightness", "flip"}, Scores: []duplicates.Score{score},
	}}
	dir := t.TempDir()
	if err := WritePlanted(o, dir, nil); err != nil {
		t.Fatal(err)
	}
	html := readReport(t, dir, "index.html")
	row := regexp.MustCompile(`<tr class="strong">.*</tr>`).FindString(html) // the paper's setting
	for _, want := range []string{"autoencoder, 128 bits &gt; 0", ">50.0<", ">37.5<", ">75.0<", ">1<"} {
		if !strings.Contains(row, want) {
			t.Errorf("no %q in the row %s", want, row)
		}
	}
}
