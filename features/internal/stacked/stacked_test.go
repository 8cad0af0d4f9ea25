package stacked

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// run computes a graph of maps [1, h, w, k] whose values are 0, 1, 4, 9, ….
func run(t *testing.T, h, w, k int, build func(x *Node) *Node) (maps, out []float32) {
	t.Helper()
	b, err := backends.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	exec, err := NewExec(b.Compute, build)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	for i := range h * w * k {
		maps = append(maps, float32(i*i))
	}
	y, err := exec.Call1(tensors.FromFlatDataAndDimensions(maps, 1, h, w, k))
	if err != nil {
		t.Fatal(err)
	}
	if out, err = tensors.CopyFlatData[float32](y); err != nil {
		t.Fatal(err)
	}
	return maps, out
}

// Block means and window sums against loops; what fills no block is left out.
func TestBlocksAndWindows(t *testing.T) {
	for _, s := range [][3]int{{3, 3, 1}, {4, 7, 2}, {6, 5, 3}} {
		h, w, k := s[0], s[1], s[2]
		for _, side := range []int{1, 2, 3} {
			maps, got := run(t, h, w, k, func(x *Node) *Node { return blockMeans(x, side) })
			want := make([]float32, (h/side)*(w/side)*k)
			for i := range want {
				row, col, c := i/k/(w/side)*side, i/k%(w/side)*side, i%k
				for r := range side {
					for q := range side {
						want[i] += maps[((row+r)*w+col+q)*k+c] / float32(side*side)
					}
				}
			}
			if e := testcheck.Difference(t, got, want); e > 1e-6 { // means of at most 9 float32
				t.Errorf("%v in blocks of %d: %v, want %v", s, side, got, want)
			}
		}
		maps, got := run(t, h, w, k, windowSums)
		want := make([]float32, (h-1)*(w-1)*k)
		for i := range want {
			at := (i/k/(w-1)*w+i/k%(w-1))*k + i%k
			want[i] = maps[at] + maps[at+k] + maps[at+w*k] + maps[at+w*k+k]
		}
		if !slices.Equal(got, want) { // whole numbers
			t.Errorf("%v in windows: %v, want %v", s, got, want)
		}
	}
}

// Fields may share maps, and may take them all.
func TestTakeChannels(t *testing.T) {
	fields := []kmeans.Field{{Channels: []int{0, 2}}, {Channels: []int{1, 2}}}
	maps, got := run(t, 2, 3, 3, func(x *Node) *Node { return takeChannels(x, fields) })
	var want []float32
	for at := 0; at < len(maps); at += 3 {
		want = append(want, maps[at], maps[at+2], maps[at+1], maps[at+2])
	}
	if !slices.Equal(got, want) {
		t.Errorf("taken %v, want %v", got, want)
	}
}

func TestCut(t *testing.T) {
	// 3 rows of 4 positions of 2 maps; the window at row 1, column 2.
	maps := make([]float32, 3*4*2)
	for i := range maps {
		maps[i] = float32(i)
	}
	w := &kmeans.Windows{Side: 2, Channels: 2, Data: make([]uint16, 0, 8)}
	cut(w, maps, 4, 1, 2)
	var got []float32
	for _, bits := range w.Data {
		got = append(got, npy.Float16ToFloat32(bits))
	}
	if want := []float32{12, 13, 14, 15, 20, 21, 22, 23}; w.N != 1 || !slices.Equal(got, want) {
		t.Errorf("%d windows %v, want %v", w.N, got, want)
	}
}

func TestReadField(t *testing.T) {
	// Two maps, the offset, a mean of 2, a whitening of 1×2, two centroids of 1.
	flat := []float64{1, 3, 0.5, 10, 11, 20, 21, 30, 31}
	f, err := ReadField(flat, 2, 2, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Channels, []int{1, 3}) || f.Offset != 0.5 || !slices.Equal(f.Mean, []float64{10, 11}) ||
		!slices.Equal(f.Whitening, []float64{20, 21}) || !slices.Equal(f.Centroids, []float64{30, 31}) || f.K() != 2 {
		t.Errorf("read %+v", f)
	}
	for want, v := range map[string]float64{"map 4 of 4": 4, "map -1 of 4": -1, "map 1e+300 of 4": 1e300} {
		flat[1] = v
		_, err := ReadField(flat, 2, 2, 1, 4)
		testcheck.Error(t, err, nil, want)
	}
}

func TestParseDeepErrors(t *testing.T) {
	for text, want := range map[string]string{
		":1,2":                "want three numbers of maps, such as 1600,1600,1600",
		":x,2,3":              `"x" is not a number from 1 to 65536`,
		":65537,1,1":          `"65537" is not a number from 1 to 65536`,
		":8,8,8,maps=":        `"" is not a number`,
		":8,8,8,fields=2":     `"fields=2" is neither maps=N nor inputs=N`,
		":8,250,1":            "250 maps are no multiple of 100, those of one receptive field (maps=N)",
		":2,12,4,maps=4":      "3 receptive fields over 2 maps: there are no more fields than maps",
		":8,2,12,maps=4":      "3 receptive fields over 2 maps",
		":8,8,8,maps=4,9,9,9": `"9" is neither`,
	} {
		_, err := ParseDeep(text)
		testcheck.Error(t, err, encoder.ErrSpec, "kmeans3"+text, want)
	}
}

// The network is as deep as the deepest layer that is chosen.
func TestDepth(t *testing.T) {
	for _, tt := range []struct {
		layers []string
		want   int
	}{{nil, 3}, {[]string{"layer1"}, 1}, {[]string{"layer2"}, 2}, {[]string{"layer3", "layer1"}, 3}} {
		e, err := Open(":8,8,8", tt.layers, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.depth(); got != tt.want {
			t.Errorf("%v: depth %d, want %d", tt.layers, got, tt.want)
		}
	}
	_, err := Open("", []string{"layer4"}, 1, nil)
	testcheck.Error(t, err, encoder.ErrOptions, `no layer "layer4": the encoder has layer1, layer2, layer3`)
	e, err := Open("", nil, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Layout(datasets.Images{H: 64, W: 25, C: 3})
	testcheck.Error(t, err, encoder.ErrOptions, "images of 64×25 leave no four quadrants of layer3: take larger images")
}
