package features

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/testcheck"
)

// Several outputs, and several tokens of a sequence, are taken in one pass as layers, each with the
// values that it has alone; the mean of patches leaves out the tokens before them.
func TestNetworkLayers(t *testing.T) {
	ds := noise(5, 1)
	tests := []struct {
		name, spec string
		layers     []string
		want       []string // the layers alone
		o          Options
	}{
		{"outputs", testNet("convnet") + ",output=y0+y1", nil, []string{"y0 " + testNet("convnet") + ",output=y0", "y1 " + testNet("convnet") + ",output=y1"}, Options{Grid: 2}},
		{"one of the outputs", testNet("convnet") + ",output=y0+y1", []string{"y1"}, []string{"y1 " + testNet("convnet") + ",output=y1"}, Options{Grid: 2}},
		{"tokens", testNet("transformer") + ",output=y1,token=cls+3", nil,
			[]string{"y1:cls " + testNet("transformer") + ",output=y1,token=0", "y1:3 " + testNet("transformer") + ",output=y1,token=3"}, Options{}},
		{"token and mean", testNet("transformer") + ",output=y1,token=cls+mean,patches=0", nil,
			[]string{"y1:cls " + testNet("transformer") + ",output=y1,token=cls", "y1:mean " + testNet("transformer") + ",output=y1"}, Options{Pooling: store.PoolMean}},
		{"mean alone", testNet("transformer") + ",output=y1,token=mean,patches=0", nil, []string{"y1 " + testNet("transformer") + ",output=y1"}, Options{Pooling: store.PoolMean}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.o
			o.BatchSize, o.Layers = 4, tt.layers
			dir := t.TempDir()
			m := extract(t, open(t, tt.spec, o), ds, dir)
			_, got := rowsOf(t, dir, datasets.Train)
			if len(m.Layers) != len(tt.want) {
				t.Fatalf("layers %+v, want %d", m.Layers, len(tt.want))
			}
			for i, w := range tt.want {
				name, spec, _ := strings.Cut(w, " ")
				if m.Layers[i].Name != name {
					t.Errorf("layer %d is %q, want %q", i, m.Layers[i].Name, name)
				}
				alone, lo, hi := features(t, spec, tt.o, ds), m.Layers[i].Columns[0], m.Layers[i].Columns[1]
				for row := range 5 {
					if e := testcheck.Difference(t, got[row*m.Dim+lo:row*m.Dim+hi], alone[row*(hi-lo):(row+1)*(hi-lo)]); e > onePer {
						t.Errorf("%s, row %d differs by %g from the layer alone", name, row, e)
					}
				}
			}
		})
	}
}

// The mean of patches is the mean of the tokens from that one on.
func TestNetworkPatches(t *testing.T) {
	ds := noise(2, 1)
	tokens := features(t, testNet("transformer")+",output=y1", Options{Pooling: store.PoolNone}, ds)
	got := features(t, testNet("transformer")+",output=y1,token=mean,patches=5", Options{}, ds)
	want := make([]float32, 48)
	for i := range 2 {
		for c := range 24 {
			sum := float32(0)
			for k := 5; k < 17; k++ {
				sum += tokens[(i*17+k)*24+c]
			}
			want[i*24+c] = sum / 12
		}
	}
	if e := testcheck.Difference(t, got, want); e > onePer {
		t.Errorf("differs by %g", e)
	}
	if one := features(t, testNet("transformer")+",output=y1,token=mean", Options{}, ds); slices.Equal(one, got) {
		t.Error("patches=5 means what patches=1 does")
	}
}

func TestNetworkLayerErrors(t *testing.T) {
	for spec, want := range map[string]string{
		testNet("convnet") + ",output=y0+y9":                        `no output "y9"`,
		testNet("convnet") + ",output=y0+y0":                        "y0 is named twice",
		testNet("convnet") + ",output=y0+y1,token=cls":              `output "y0" of shape`,
		testNet("transformer") + ",output=y1,token=mean,patches=17": "has 17 tokens",
		testNet("transformer") + ",output=y1,token=cls+20":          "token=20",
	} {
		if _, err := Open(spec, cpu(t), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", spec, err, want)
		}
	}
	_, err := Open(testNet("convnet")+",output=y0+y1", cpu(t), Options{Layers: []string{"y2"}})
	if err == nil || !strings.Contains(err.Error(), `no layer "y2": the outputs and tokens asked for are the layers y0, y1`) {
		t.Errorf("error %v", err)
	}
}

// output=? lists what features can be taken from, with shapes, and preset=? the presets.
func TestListing(t *testing.T) {
	spec := testNet("transformer") + ",output=?"
	if !Asks(spec) || Asks(testNet("transformer")) || Asks("pixels,output=?") {
		t.Error("Asks is wrong")
	}
	l, err := List(spec, cpu(t))
	if err != nil {
		t.Fatal(err)
	}
	text := l.Text()
	for _, want := range []string{"N×24 ", "y0 (", ", an output)", "N×17×24 ", "y1 ("} {
		if !strings.Contains(text, want) {
			t.Errorf("the list has no %q:\n%s", want, text)
		}
	}
	for _, v := range l.Values {
		if _, err := Open(testNet("transformer")+",output="+v.Name, cpu(t), Options{BatchSize: 1, Pooling: store.PoolNone}); err != nil {
			t.Errorf("%s is listed: %v", v.Name, err)
		}
	}
	if l, err = List(testNet("convnet")+",preset=?", cpu(t)); err != nil || l.Values != nil || !strings.Contains(l.Text(), "timm:resnet50.a1_in1k: size=224,shorter=235 or size=288,shorter=288") {
		t.Errorf("%v:\n%s", err, l.Text())
	}
}

// The docs list every preset.
func TestPresetsInDocs(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "onnx.md"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := List(testNet("convnet")+",preset=?", cpu(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range l.Presets {
		if name := strings.TrimPrefix(p.Name, "timm:"); !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("docs/onnx.md does not name the preset %s", name)
		}
	}
}

// Folders of photographs of any sizes are encoded with a preset; meta.json says how, and what it cost.
// The features do not depend on the batch size, nor on one that was measured, by a bit.
func TestAnySizeNetwork(t *testing.T) {
	im := noise(700, 2).Splits[0].Images // enough for a measurement
	ds := &datasets.Dataset{Name: "photos", Hash: "h", Splits: []*datasets.Split{{Name: datasets.Train, Images: im, IDs: make([]string, im.N)}}}
	spec := testNet("convnet") + ",crop=center,shorter=40,norm=imagenet"
	var want []float32
	for _, size := range []int{16, 3, 0} {
		e, err := Open(spec, cpu(t), Options{BatchSize: size})
		if err != nil {
			t.Fatal(err)
		}
		if !e.AnySize() || e.ImageSize() != 0 {
			t.Errorf("any size %v, size %d", e.AnySize(), e.ImageSize())
		}
		dir := t.TempDir()
		m := extract(t, e, ds, dir)
		_, got := rowsOf(t, dir, datasets.Train)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("batch %d: the features differ by %g", size, testcheck.Difference(t, got, want))
		}
		c := m.Cost
		if c == nil || c.MultiplyAdds < 1 || c.ImagesPerSecond <= 0 || c.PeakRSSBytes < 1<<20 || size != 0 && c.Batch != size || !slices.Contains([]int{3, 8, 16, 32}, c.Batch) {
			t.Errorf("batch %d: cost %+v", size, c)
		} else if f := 2 * float64(c.MultiplyAdds) * c.ImagesPerSecond / 1e9; f != c.GFLOPS {
			t.Errorf("%g GFLOP/s, want %g", c.GFLOPS, f)
		}
		text, _ := json.Marshal(m.Input)
		if !strings.Contains(string(text), `"resize":"bilinear","shorter":40,"crop":"center","round":"8bit"`) {
			t.Errorf("input %s", text)
		}
	}
}
