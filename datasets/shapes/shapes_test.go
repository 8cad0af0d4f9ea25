package shapes

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestDefaults(t *testing.T) {
	s := mustGenerate(t, Options{})
	if got := []int{len(s.Train.Labels), len(s.Test.Labels)}; got[0] != DefaultTrain || got[1] != DefaultTest {
		t.Errorf("%v images, want %d and %d", got, DefaultTrain, DefaultTest)
	}
	for _, p := range []Part{s.Train, s.Test} {
		if n := len(p.Labels); len(p.Pixels) != n*DefaultSize*DefaultSize*3 || len(p.Factors) != n {
			t.Errorf("%d labels, %d factors, %d bytes of pixels", n, len(p.Factors), len(p.Pixels))
		}
	}
	if !reflect.DeepEqual(s.Classes, ClassNames()) || len(s.Classes) != numClasses {
		t.Errorf("classes %v", s.Classes)
	}
	few := mustGenerate(t, Options{Train: 50, Test: 30})
	if !bytes.Equal(few.Test.Pixels, s.Test.Pixels[:len(few.Test.Pixels)]) {
		t.Error("the seed is not 1 by default")
	}
	if one := mustGenerate(t, Options{Train: 50, Test: 30, Seed: new(int64(1))}); !reflect.DeepEqual(one, few) {
		t.Error("seed 1 is not the default seed")
	}
}

func TestThreadsChangeNothing(t *testing.T) {
	want := mustGenerate(t, Options{Train: 101, Test: 37, Threads: 1})
	for _, threads := range []int{2, 3, 8, 101, 1000} {
		got := mustGenerate(t, Options{Train: 101, Test: 37, Threads: threads})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads give another set than one", threads)
		}
	}
}

func TestFirstImagesStay(t *testing.T) {
	few := mustGenerate(t, Options{Train: 23, Test: 11, Seed: new(int64(5))})
	many := mustGenerate(t, Options{Train: 200, Test: 90, Seed: new(int64(5))})
	for _, c := range []struct {
		name      string
		few, many Part
	}{{"train", few.Train, many.Train}, {"test", few.Test, many.Test}} {
		n := len(c.few.Labels)
		if !bytes.Equal(c.few.Pixels, c.many.Pixels[:len(c.few.Pixels)]) ||
			!reflect.DeepEqual(c.few.Factors, c.many.Factors[:n]) ||
			!reflect.DeepEqual(c.few.Labels, c.many.Labels[:n]) {
			t.Errorf("%s: the first %d images of a longer set are others", c.name, n)
		}
	}
}

func TestAtIsWhatGenerateDraws(t *testing.T) {
	s := mustGenerate(t, Options{Size: 48, Train: 30, Test: 30, Seed: new(int64(-9))})
	for i := range 30 {
		if At(-9, Train, i, 48) != s.Train.Factors[i] || At(-9, Test, i, 48) != s.Test.Factors[i] {
			t.Fatalf("image %d has other factors", i)
		}
	}
}

func TestNoImageTwice(t *testing.T) {
	s := mustGenerate(t, Options{Train: 3000, Test: 1000})
	const stride = DefaultSize * DefaultSize * 3
	images := map[[sha256.Size]byte]bool{}
	noise := map[uint32]bool{}
	for _, p := range []Part{s.Train, s.Test} {
		for i, f := range p.Factors {
			images[sha256.Sum256(p.Pixels[i*stride:(i+1)*stride])] = true
			noise[f.Noise.Seed] = true
		}
	}
	if len(images) != 4000 || len(noise) != 4000 {
		t.Errorf("4000 images of both splits are %d different ones with %d noise seeds", len(images), len(noise))
	}
}

func TestSeedsDiffer(t *testing.T) {
	a := mustGenerate(t, Options{Train: 40, Test: 40, Seed: new(int64(1))})
	b := mustGenerate(t, Options{Train: 40, Test: 40, Seed: new(int64(2))})
	for i := range a.Train.Factors {
		f, g, h := a.Train.Factors[i], b.Train.Factors[i], a.Test.Factors[i]
		if f.X == g.X && f.Y == g.Y || f.X == h.X && f.Y == h.Y {
			t.Errorf("image %d is in the same place for another seed or split", i)
		}
	}
}

func TestScenesDoNotDependOnSize(t *testing.T) {
	for i := range 50 {
		small, large := At(3, Train, i, 32), At(3, Train, i, 64)
		if small.WithBoxes(64) != large {
			t.Fatalf("image %d is another scene at twice the size", i)
		}
	}
}

// TestRenderGivesThePixels draws every image again from factors that were converted to JSON and
// back.
func TestRenderGivesThePixels(t *testing.T) {
	for _, size := range []int{16, 32, 45, 64, 128} {
		s := mustGenerate(t, Options{Size: size, Train: 60, Test: 10})
		stride := size * size * 3
		dst := make([]uint8, stride)
		for i, f := range s.Train.Factors {
			text, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			var back Factors
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if back != f {
				t.Fatalf("size %d, image %d: factors %+v came back from JSON as %+v", size, i, f, back)
			}
			Render(dst, size, back)
			if !bytes.Equal(dst, s.Train.Pixels[i*stride:(i+1)*stride]) {
				t.Fatalf("size %d, image %d: drawn again, it differs", size, i)
			}
		}
	}
}

// TestGolden compares the set with the hashes of its first version; if they change, results on
// shapes can no longer be compared with older results.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"size=32", Options{Size: 32, Train: 40, Test: 20}, "fba2f7172b22ca56fae6adaab89f749e82ed6f3c007bb810583a3235f919995c"},
		{"size=64", Options{Size: 64, Train: 40, Test: 20}, "efa58b7fee1f325a9dcb083655c50f589f878d1b7cf14ebb8e4a3d595e1a98a5"},
		{"seed=-7", Options{Size: 32, Train: 40, Test: 20, Seed: new(int64(-7))}, "fe05ae6aea8771683639048ab3efbf4c3d80d92719e076e3fc29ba6cea37f74a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustGenerate(t, c.o)
			h := sha256.New()
			for _, p := range []Part{s.Train, s.Test} {
				h.Write(p.Pixels)
				text, err := json.Marshal(p.Factors)
				if err != nil {
					t.Fatal(err)
				}
				h.Write(text)
			}
			if got := hex.EncodeToString(h.Sum(nil)); got != c.want {
				t.Errorf("SHA-256 of pixels and factors is %s, want %s", got, c.want)
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"negative size", Options{Size: -32}, "size -32"},
		{"too small", Options{Size: 15}, "size 15"},
		{"too large", Options{Size: 129}, "size 129"},
		{"negative train", Options{Train: -1}, "train -1"},
		{"negative test", Options{Test: -5}, "test -5"},
		{"more than there are indices", Options{Train: 1 << 31}, "train 2147483648"},
		{"negative threads", Options{Threads: -2}, "threads -2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Generate(c.o)
			if err == nil || s != nil {
				t.Fatalf("got %v, %v; want an error", s != nil, err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not say %q", err, c.want)
			}
		})
	}
}

func TestClassNamesAreTheCallersOwn(t *testing.T) {
	ClassNames()[0] = "changed"
	if got := ClassNames()[0]; got != "disc" {
		t.Errorf("first class is %q, want disc", got)
	}
}
