package reports

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// paperInput has results of every kind on CIFAR-10 and SVHN.
func paperInput(t *testing.T) *Input {
	t.Helper()
	full := fakeRecord("theano:svhn_dcgan_2015", 0.6974, 3)
	full.Costs = fakeCosts(812)
	linearOf(full).Mistakes = fakeMistakes(t, 20)
	random := fakeRecord("random:svhn32", 0.5612, 3)
	random.Costs = fakeCosts(790)[1:]
	pixels := fakeRecord("pixels", 0.3921, 0)
	pixels.Encoder.Pooling, pixels.Encoder.Grid, linearOf(pixels).Dim = "", 0, 3072
	in := &Input{Records: []record.Record{
		full, random, pixels,
		fakeFew("theano:svhn_dcgan_2015", results.CIFAR400, 0.61, 400, 3),
		fakeFew("random:svhn32", results.CIFAR400, 0.47, 400, 3),
		fakeFew("autoencoder:runs/dae", results.CIFAR400, 0.44, 400, 0),
		fakeKNN("theano:svhn_dcgan_2015", 0.58),
		fakeFew("theano:svhn_dcgan_2015", results.SVHN1000, 0.7702, 100, 3),
		fakeFew("random:svhn32", results.SVHN1000, 0.61, 100, 3),
	}}
	for i, n := range []int{1, 4, 10, 40, 100} {
		in.Records = append(in.Records,
			fakeFew("theano:svhn_dcgan_2015", "few-shot", 0.25+0.08*float64(i), n, 0),
			fakeFew("random:svhn32", "few-shot", 0.18+0.07*float64(i), n, 0))
	}
	in.Records[len(in.Records)-1].Costs = []record.Cost{{Stage: "unheard-of", Seconds: 3}}
	// The few-shot records are of the same features as the records of all labels.
	for i := range in.Records {
		if in.Records[i].Encoder.Spec != "pixels" {
			in.Records[i].Encoder.Layers = []string{"conv1", "conv2", "conv3"}
		}
	}
	return in
}

// rowOf is the cells of the first row that begins so, in the table whose caption
// holds words.
func rowOf(t *testing.T, d page.Document, words, first string) []string {
	t.Helper()
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			tab, ok := b.(page.Table)
			if !ok || !strings.Contains(tab.Caption, words) {
				continue
			}
			for _, r := range tab.Rows {
				if strings.HasPrefix(r.Cells[0], first) {
					return r.Cells
				}
			}
			t.Fatalf("no row %q in the table %q", first, words)
		}
	}
	t.Fatalf("no table %q", words)
	return nil
}

func TestPaperTables(t *testing.T) {
	in, err := paperInput(t).sorted()
	if err != nil {
		t.Fatal(err)
	}
	d := build(in, Options{})
	checkDocument(t, d)
	few := fakeScore(0.61, 400, 10, 7168)
	svhn := fakeScore(0.7702, 100, 10, 7168)
	tests := []struct {
		name, table, row string
		want             []string
	}{
		// 7168 features; the widest layer of fakeLinear has 1024·4 numbers on a
		// 4×4 grid, which are 256 maps.
		{"joined", "Table 1", "theano", []string{"theano:svhn_dcgan_2015", "69.74 %", "68.83–70.63",
			format.Percent(few.Mean) + " ± " + strings.TrimSuffix(format.Percent(few.StdDev), " %"), format.Interval95(few.CI95[0], few.CI95[1]), "256", "valid, cv", "measured"}},
		{"full alone", "Table 1", "pixels", []string{"pixels", "39.21 %", "38.26–40.17", "–", "–", "3,072", "valid", "measured"}},
		{"few alone", "Table 1", "autoencoder", []string{"autoencoder:runs/dae", "–", "–"}},
		{"neighbours", "Table 1", "theano:svhn_dcgan_2015, k-NN (instdisc)", []string{"theano:svhn_dcgan_2015, k-NN (instdisc)", "58.00 %"}},
		{"quoted", "Table 1", "DCGAN", []string{"DCGAN + L2-SVM", "82.8 %", "–", "73.8 % ± 0.4", "–", "512", "–", "quoted"}},
		{"errors", "Table 2", "theano", []string{"theano:svhn_dcgan_2015",
			format.Percent(1-svhn.Mean) + " ± " + strings.TrimSuffix(format.Percent(1.96*svhn.StdDev), " %"), format.Interval95(1-svhn.CI95[1], 1-svhn.CI95[0]), "10", "C = 0.001", "valid", "test", "measured"}},
		{"quoted error", "Table 2", "DCGAN", []string{"DCGAN + L2-SVM", "22.48 %", "–", "–", "–", "–", "test", "quoted"}},
		{"quoted on validation", "Table 2", "Supervised", []string{"Supervised CNN of the same architecture (validation)", "28.87 %", "–", "–", "–", "–", "valid", "quoted"}},
		{"convention", "nearest neighbours", "theano", []string{"theano:svhn_dcgan_2015", "instdisc", "200", "58.00 %", "57.03–58.96", "valid", "test",
			"rows divided by their length, cosine similarity, k = 200, votes exp(sim/0.07), ties to the lower class"}}, // Wilson's interval of 5800 of 10000
		{"cost", "Time of each stage", "theano", []string{"theano:svhn_dcgan_2015 on cifar10, linear", "13 min 32 s, 900 MiB",
			"1 min 5 s, 1.50 GiB", "8.1 s, 1.50 GiB", "0.4 s", "–", "14 min 46 s", "1.50 GiB"}}, // 812 + 65 + 8.13 + 0.4 s
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := rowOf(t, d, tt.table, tt.row)
			if !slices.Equal(got[:min(len(got), len(tt.want))], tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestWriteKinds(t *testing.T) {
	files := write(t, paperInput(t))
	html, md := files["index.html"], files["report.md"]
	for _, want := range []string{
		"Table 1, CIFAR-10", "Table 2, SVHN with 1000 labels", "Accuracy against layer (linear)", "Accuracy against the number of labels",
		"The search for k", "k = 200 was selected on the validation split", "exp(sim/0.07)", "Time of each stage", "margin 1.63", // 0.3 + 19·0.07
		"surest of", "10 times, each time on other images drawn from 50,000",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("index.html does not say %q", want)
		}
		if !strings.Contains(strings.ReplaceAll(md, `\_`, "_"), want) {
			t.Errorf("report.md does not say %q", want)
		}
	}
	// The surest of 20 mistakes, number 19, is of class 9 and taken for 2.
	if !strings.Contains(md, "figures/result-1-mistake-1.png)<br/>**truck → bird**<br/>margin 1.63") {
		t.Error("report.md does not begin with the surest mistake")
	}
	if n := strings.Count(html, "-mistake-") + strings.Count(html, `alt="`); n != 20 {
		t.Errorf("index.html has %d pictures, want the 20 mistakes", n)
	}
}

func TestWriteKindsEdges(t *testing.T) {
	deep := func(spec string, layers int) record.Record {
		r := fakeRecord(spec, 0.9, 0)
		for i := range layers {
			a := round(0.3 + 0.5*float64(i)/float64(layers))
			linearOf(r).Layers = append(linearOf(r).Layers, eval.LayerScore{
				Name: "block" + format.Itoa(i) + ".conv2.activation", LinearScore: eval.LinearScore{C: 1, Dim: 100, TestAccuracy: a, TestCI95: wilson(a, 10000)},
			})
		}
		return r
	}
	long := strings.Repeat("dcgan:runs/a-very-long-name-of-an-encoder", 5)
	bare := func(spec string, n int) record.Record {
		r := fakeFew(spec, "few-shot", 0.3+float64(n)/20000, n, 2)
		fewShotOf(r).CI95, fewShotOf(r).Spread95, fewShotOf(r).Draws, fewShotOf(r).Accuracies = eval.Interval{}, eval.Interval{}, 1, nil
		return r
	}
	var eight []record.Record
	for i := range 8 {
		eight = append(eight, deep(long+format.Itoa(i), 3+i))
	}
	plain := fakeRecord("pixels", 0.4, 0)
	linearOf(plain).Mistakes = []eval.Mistake{{Row: 7, Truth: 1, Predicted: 2, Margin: 1}, {Truth: 0, Predicted: 2, ID: "x|y", PNG: fakePNG(t, 7, 128, 1)}}
	tests := []struct {
		name      string
		rs        []record.Record
		want, not string
	}{
		{"one layer", []record.Record{deep("a", 1), deep("b", 1)}, "Accuracy against layer", ""},
		{"30 layers", []record.Record{deep("a", 30), deep("b", 30)}, "Accuracy against layer", ""},
		{"different depths, long names, two figures", eight, "layer, in the order of each encoder", ""},
		{"no intervals, one draw", []record.Record{bare("a", 1), bare("a", 100), bare(long, 1), bare(long, 5000)}, "Accuracy against the number", "NaN"},
		{"one number of labels", []record.Record{bare("a", 10)}, "Results on few labels", "Accuracy against the number"},
		{"svhn without its protocol", []record.Record{func() record.Record { r := deep("a", 2); r.Data.Name = "svhn"; return r }()}, "There is no result with this protocol", "Grey diamonds"},
		{"mistakes without pictures", []record.Record{plain}, "row 7", ""},
		{"nothing in common", []record.Record{func() record.Record { r := deep("a", 1); r.Data.Name = "shapes"; return r }(), fakeSupervised("shapes", 0.4, 50)},
			"supervised, 50 per class", "Results on shapes"},
		{"one neighbour result", []record.Record{fakeKNN("pixels", 0.4)}, "Neighbours k", "Penalty C<"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := (&Input{Records: tt.rs}).sorted()
			if err != nil {
				t.Fatal(err)
			}
			checkDocument(t, build(in, Options{}))
			html := write(t, in)["index.html"]
			if !strings.Contains(html, tt.want) {
				t.Errorf("index.html does not say %q", tt.want)
			}
			if tt.not != "" && strings.Contains(html, tt.not) {
				t.Errorf("index.html says %q", tt.not)
			}
		})
	}
}

// A picture inside a record is bounded, whole, and written anew.
func TestThumbnail(t *testing.T) {
	var big bytes.Buffer
	if err := png.Encode(&big, image.NewGray(image.Rect(0, 0, 20000, 20000))); err != nil {
		t.Fatal(err)
	}
	ok := fakePNG(t, 32, 24, 1)
	tests := []struct {
		name string
		png  []byte
		want string
	}{
		{"good", ok, ""},
		{"as large as allowed", fakePNG(t, 128, 128, 1), ""},
		{"too wide", fakePNG(t, 129, 1, 1), "129×1 pixels"},
		{"too many bytes", append(slices.Clone(ok), make([]byte, results.MaxPNGBytes)...), "at most 65536 are read"},
		{"a bomb", big.Bytes()[:min(big.Len(), results.MaxPNGBytes)], "20000×20000 pixels"},
		{"not a PNG", []byte("GIF89a"), "not a PNG file"},
		{"cut off", ok[:len(ok)-20], "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := results.CleanPNG(tt.png)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	clean, w, h, err := results.CleanPNG(append(slices.Clone(ok), "trailing secret"...))
	if err != nil || w != 32 || h != 24 || bytes.Contains(clean, []byte("secret")) {
		t.Errorf("%d×%d, %v, or what followed the picture was kept", w, h, err)
	}
}

// TestProductsFact: the facts say what made the products of a fit, where the
// record does.
func TestProductsFact(t *testing.T) {
	r := fakeRecord("pixels", 0.4, 0)
	for _, want := range []string{"", "device xla:cuda, matrix sent once"} {
		linearOf(r).Products = measure.ParseProducts(want)
		got := ""
		for _, f := range recordFacts(r, results.ViewOf(r)).Items {
			if f.Key == "Products of the fit" {
				got = f.Value
			}
		}
		if got != want {
			t.Errorf("products %q are reported as %q", want, got)
		}
	}
}

func TestValidateKinds(t *testing.T) {
	few := func(change func(s *eval.FewShotResult)) record.Record {
		r := fakeFew("a", "few-shot", 0.5, 10, 1)
		change(fewShotOf(r))
		return r
	}
	near := func(change func(r *record.Record)) record.Record {
		r := fakeKNN("a", 0.5)
		change(&r)
		return r
	}
	wrong := func(change func(m *eval.Mistake)) record.Record {
		r := fakeRecord("a", 0.5, 0)
		m := eval.Mistake{Truth: 1, Predicted: 2, Margin: 1}
		change(&m)
		linearOf(r).Mistakes = []eval.Mistake{m}
		return r
	}
	tests := []struct {
		name string
		r    record.Record
		want string
	}{
		{"few-shot", few(func(*eval.FewShotResult) {}), ""},
		{"interval of a mean beyond 1", few(func(s *eval.FewShotResult) { s.CI95 = eval.Interval{-0.2, 1.3} }), ""},
		{"swapped", few(func(s *eval.FewShotResult) { s.Spread95 = eval.Interval{0.6, 0.4} }), "spread95"},
		{"no draws", few(func(s *eval.FewShotResult) { s.Draws = 0 }), "draws is 0"},
		{"other number of draws", few(func(s *eval.FewShotResult) { s.Accuracies = s.Accuracies[1:] }), "9 values for 10 draws"},
		{"draw as percent", few(func(s *eval.FewShotResult) { s.Accuracies[3] = 50 }), "test_accuracies[3] is 50"},
		{"no labels", few(func(s *eval.FewShotResult) { s.LabelsPerClass = 0 }), "labels_per_class is 0"},
		{"negative deviation", few(func(s *eval.FewShotResult) { s.StdDev = -1 }), "std_dev"},
		{"layer", few(func(s *eval.FewShotResult) { s.Layers[0].Mean = 2 }), "layers[0]: test_accuracy is 2"},
		{"neighbours", near(func(*record.Record) {}), ""},
		{"k is 0", near(func(r *record.Record) { knnOf(r).K = 0 }), "k is 0"},
		{"k of the search", near(func(r *record.Record) { knnOf(r).Grid[1].K = -1 }), "grid[1]: k is -1"},
		{"accuracy as percent", near(func(r *record.Record) { knnOf(r).TestAccuracy = 58 }), "test_accuracy is 58"},
		{"confusion", near(func(r *record.Record) { knnOf(r).Confusion = [][]int{{1}} }), "1 rows for 10 classes"},
		{"cost without a stage", near(func(r *record.Record) { r.Costs = []record.Cost{{Seconds: 1, PeakRSSBytes: 1}} }), `costs[0] needs a "stage"`},
		{"negative seconds", near(func(r *record.Record) { r.Costs = []record.Cost{{Stage: "fit", Seconds: -1, PeakRSSBytes: 1}} }), "costs[0]: seconds is -1"},
		{"negative memory", near(func(r *record.Record) { r.Costs = []record.Cost{{Stage: "fit", Seconds: 1, PeakRSSBytes: -1}} }), "costs[0]: peak_rss_bytes is -1"},
		{"too many stages", near(func(r *record.Record) { r.Costs = make([]record.Cost, record.MaxCosts+1) }), "at most 32"},
		{"mistake", wrong(func(*eval.Mistake) {}), ""},
		{"class too high", wrong(func(m *eval.Mistake) { m.Truth = 10 }), "truth 10"},
		{"negative class", wrong(func(m *eval.Mistake) { m.Predicted = -1 }), "predicted -1"},
		{"no mistake", wrong(func(m *eval.Mistake) { m.Truth = 2 }), "both true and predicted"},
		{"negative margin", wrong(func(m *eval.Mistake) { m.Margin = -1 }), "margin is -1"},
		{"bad picture", wrong(func(m *eval.Mistake) { m.PNG = []byte("x") }), "mistakes[0]: png is not a PNG"},
		{"too many mistakes", func() record.Record {
			r := fakeRecord("a", 0.5, 0)
			linearOf(r).Mistakes = make([]eval.Mistake, results.MaxMistakes+1)
			return r
		}(), "at most 100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := ready(&tt.r)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// Results on all labels stand before results on few labels, the best of each first.
func TestOrderKinds(t *testing.T) {
	a, b := fakeRecord("a", 0.4, 0), fakeKNN("b", 0.5)
	c, d, e := fakeFew("c", "few-shot", 0.9, 10, 0), fakeFew("d", results.CIFAR400, 0.6, 400, 0), fakeFew("e", "few-shot", 0.95, 10, 0)
	in, err := (&Input{Records: []record.Record{c, a, d, e, b}}).sorted()
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, r := range in.Records {
		got += r.Encoder.Spec
	}
	if got != "badec" {
		t.Errorf("order %q, want badec", got)
	}
}
