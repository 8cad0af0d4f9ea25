package datasets

import (
	"fmt"
	"testing"

	"repbench/datasets/internal/datatest"
)

func TestSplitByName(t *testing.T) {
	d := &Dataset{Name: "x", Splits: []*Split{{Name: Train}, {Name: Test}}}
	if s, err := d.Split(Test); err != nil || s.Name != Test {
		t.Fatal(s, err)
	}
	_, err := d.Split(Valid)
	datatest.WantError(t, err, `no split "valid"`, "[train test]")
}

// sample returns a split of n 1×1 images with the given number of classes; pixel i is i.
func sample(n, classes int) *Split {
	s := &Split{Name: Train, Images: Images{N: n, H: 1, W: 1, C: 1}}
	for i := range n {
		s.Images.Data = append(s.Images.Data, uint8(i))
		s.Labels = append(s.Labels, int32(i%classes))
		s.IDs = append(s.IDs, fmt.Sprint(i))
	}
	return s
}

func TestContentHash(t *testing.T) {
	// SHA-256 of the bytes documented by ContentHash, by Python's hashlib: b"repbench data set
	// 1\n" + q(2)+q(1)+b"a"+q(1)+b"b" + q(1) + q(5)+b"train" + q(2)+q(1)+q(1)+q(1)+q(2) +
	// struct.pack("<2i",0,1) + b"\x00\x01", q = 8 bytes "<q".
	const want = "4415331e3d94628dfe2d84bb341a859f0f53d79fe36cc2418071577a80381bd2"
	if got := ContentHash([]string{"a", "b"}, []*Split{sample(2, 2)}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestContentHashSeesEverything: each change of the content changes the hash, and
// moving a boundary between two fields does too.
func TestContentHashSeesEverything(t *testing.T) {
	base := func() ([]string, *Split) { return []string{"ab", "c"}, sample(4, 2) }
	changes := map[string]func(c []string, s *Split){
		"nothing":   func([]string, *Split) {},
		"class":     func(c []string, _ *Split) { c[0], c[1] = "a", "bc" },
		"name":      func(_ []string, s *Split) { s.Name = Test },
		"shape":     func(_ []string, s *Split) { s.Images.N, s.Images.W = 2, 2 },
		"channels":  func(_ []string, s *Split) { s.Images.W, s.Images.C = 2, 2 },
		"label":     func(_ []string, s *Split) { s.Labels[0] = 1 },
		"no labels": func(_ []string, s *Split) { s.Labels = nil },
		"pixel":     func(_ []string, s *Split) { s.Images.Data[3]++ },
	}
	seen := map[string]string{}
	for name, change := range changes {
		c, s := base()
		change(c, s)
		h := ContentHash(c, []*Split{s})
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[h] = name
	}
	c, s := base()
	h := ContentHash(c, []*Split{s})
	s.IDs[0] = "other"
	if ContentHash(c, []*Split{s}) != h {
		t.Error("file names change the hash")
	}
}

func TestFinishChecks(t *testing.T) {
	for name, change := range map[string]func(s *Split){
		"no images":   func(s *Split) { s.Images = Images{} },
		"short data":  func(s *Split) { s.Images.Data = s.Images.Data[1:] },
		"names":       func(s *Split) { s.IDs = nil },
		"labels":      func(s *Split) { s.Labels = s.Labels[1:] },
		"label range": func(s *Split) { s.Labels[2] = 2 },
	} {
		s := sample(4, 2)
		change(s)
		if _, err := finish(&Dataset{Name: "x", Classes: []string{"a", "b"}, Splits: []*Split{s}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestShapes(t *testing.T) {
	a := mustOpen(t, "shapes:size=16,train=12,test=5,seed=3", Options{Threads: 2})
	b := mustOpen(t, "shapes", Options{Size: 16, Count: 12, TestCount: 5, Seed: new(int64(3)), Threads: 1})
	c := mustOpen(t, "shapes:seed=4", Options{Size: 16, Count: 12, TestCount: 5, Seed: new(int64(3))})
	if a.Hash != b.Hash || a.Hash == c.Hash {
		t.Fatalf("hashes %s %s %s", a.Hash, b.Hash, c.Hash)
	}
	if a.Source != "size=16,train=12,test=5,seed=3" || len(a.Classes) != 10 {
		t.Fatalf("%s, %d classes", a.Source, len(a.Classes))
	}
	if im := a.Splits[0].Images; im.N != 12 || im.H != 16 || im.C != 3 || a.Splits[1].Images.N != 5 || a.Splits[1].IDs[4] != "test:4" {
		t.Fatalf("%+v", a.Splits[1].IDs)
	}
	_, err := openShapes(ShapesSpec{Size: 1}, Options{MaxBytes: 1 << 30})
	datatest.WantError(t, err, "data set shapes")
	_, err = openShapes(ShapesSpec{Train: 1 << 30}, Options{MaxBytes: 1 << 30})
	datatest.WantError(t, err, "more than the limit")
}
