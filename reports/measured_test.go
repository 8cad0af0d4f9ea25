package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/reports/internal/page"
	"repbench/train/runfolder"
)

// overfit are n measurements of a generator that begins to copy half-way: the training images
// come nearer, the held-out ones do not.
func overfit(n int) []runfolder.Metrics {
	var ms []runfolder.Metrics
	for i := range n {
		t := float64(i+1) / float64(n)
		copied := math.Max(0, t-0.5)
		m := runfolder.Metrics{Step: int64(500 * (i + 1)), Images: float64(64000 * (i + 1)), Seconds: 300 * float64(i+1), ImagesPerSecond: 213}
		m.Values = []runfolder.Value{
			{Name: "d_loss", Value: 1.3 - 0.5*t}, {Name: "g_loss", Value: 0.8 + t}, {Name: "d_real", Value: 0.5 + 0.2*t}, {Name: "d_fake", Value: 0.5 - 0.2*t},
			{Name: "nnd_1000", Value: 24 - 5*t}, {Name: "nnd_1000_train", Value: 24 - 5*t - 9*copied}, {Name: "nnd_1000_real", Value: 18.6},
			{Name: "frechet", Value: 60*math.Exp(-4*t) + 5 + 4*copied}, {Name: "frechet_train", Value: 60*math.Exp(-4*t) + 5 - 6*copied}, {Name: "frechet_real", Value: 1.25},
			{Name: runfolder.MeasureSeconds, Value: 12.5},
		}
		ms = append(ms, m)
	}
	return ms
}

// measuredRun is a run folder with these lines and settings of measurements.
func measuredRun(t testing.TB, ms []runfolder.Metrics, settings string) string {
	t.Helper()
	dir := t.TempDir()
	var lines strings.Builder
	for _, m := range ms {
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s\n", b)
	}
	for name, text := range map[string]string{
		"config.json":   strings.Replace(fakeConfig, `"backend": "cpu"`, `"backend": "cpu"`+settings, 1),
		"metrics.jsonl": lines.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const overfitSettings = `, "measure": {"metrics": ["nnd", "frechet"], "every": 500, "images": 1000, "train_images": 500, "held_out": "test",
	"encoder": "random:svhn32,width=16", "features": 112}`

// sectionOf is the section of the only run of a report.
func sectionOf(t *testing.T, dir string) page.Section {
	t.Helper()
	in, err := Load([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	d := build(in, Options{})
	checkDocument(t, d)
	for _, s := range d.Sections {
		if s.ID == "run-1" {
			return s
		}
	}
	t.Fatal("there is no section of the run")
	return page.Section{}
}

// figuresOf are the captions of a section's figures, by name, and its texts.
func figuresOf(s page.Section) (captions map[string]string, texts string) {
	captions = map[string]string{}
	for _, b := range s.Blocks {
		switch b := b.(type) {
		case page.Figure:
			captions[b.Name] = b.Caption
		case page.Text:
			texts += string(b) + "\n"
		}
	}
	return captions, texts
}

// What was measured is drawn and put in words: what was compared, the gap at both ends, the cost.
func TestMeasuredRun(t *testing.T) {
	captions, text := figuresOf(sectionOf(t, measuredRun(t, overfit(20), overfitSettings)))
	for _, want := range []string{"1,000 generated images were compared with 500 training images and with 500 held-out images of the test split", "20 measurements took 4 min 10 s in all"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	// 0 at the first step; 24-5-(24-5-9/2) = 4.5 at the last, and 4/2+6/2 = 5
	for name, want := range map[string]string{
		"run-1-nnd-1000": "nearest of 1,000 generated ones (nnd; pixels from −1 to 1). Dashed: held-out images from as many training images",
		"run-1-frechet":  "in the 112 features of random:svhn32,width=16. Dashed: between the held-out and the training images",
	} {
		if !strings.Contains(captions[name], want) {
			t.Errorf("%s: %q is missing in %q", name, want, captions[name])
		}
	}
	if !strings.HasSuffix(captions["run-1-nnd-1000"], "Held-out less training images: 0 at step 500, 4.5 at step 10,000.") ||
		!strings.HasSuffix(captions["run-1-frechet"], "Held-out less training images: 0 at step 500, 5 at step 10,000.") {
		t.Errorf("gaps: %q, %q", captions["run-1-nnd-1000"], captions["run-1-frechet"])
	}
	if _, ok := captions["run-1-nnd-10000"]; ok {
		t.Error("a number that was not measured is drawn")
	}
}

// A run without held-out images, one whose settings are lost or odd, and one that measured once.
func TestMeasuredRunOdd(t *testing.T) {
	var alone []runfolder.Metrics
	for _, m := range overfit(3) {
		m.Values = []runfolder.Value{{Name: "d_loss", Value: 1}, {Name: "nnd_1000_train", Value: 7}}
		alone = append(alone, m)
	}
	captions, text := figuresOf(sectionOf(t, measuredRun(t, alone, "")))
	if c := captions["run-1-nnd-1000"]; c == "" || strings.Contains(c, "Dashed") || strings.Contains(c, "less training") || strings.Contains(text, "took") {
		t.Errorf("training images alone: %q, %q", c, text)
	}
	captions, _ = figuresOf(sectionOf(t, measuredRun(t, overfit(1), `, "measure": {"images": "many", "encoder": 5}`)))
	if c := captions["run-1-frechet"]; !strings.HasPrefix(c, "Fréchet distance of the generated images. ") || strings.Count(c, "at step") != 1 {
		t.Errorf("one measurement with odd settings: %q", c)
	}
	odd := overfit(4)
	for i, v := range []float64{-1, 1e300, math.MaxFloat64, math.NaN()} {
		for j := range odd[i].Values {
			odd[i].Values[j].Value = v
		}
	}
	if captions, _ := figuresOf(sectionOf(t, measuredRun(t, odd, overfitSettings))); captions["run-1-nnd-1000"] != "" || captions["run-1-frechet"] != "" {
		t.Errorf("what cannot be a distance is drawn: %v", captions)
	}
}
