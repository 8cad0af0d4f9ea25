package plant

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"repbench/datasets"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// drawn returns n training images of the built-in set, of size×size pixels.
func drawn(t *testing.T, n, size int) datasets.Images {
	t.Helper()
	set, err := datasets.Open(t.Context(), fmt.Sprintf("shapes:size=%d,train=%d,test=10", size, n), datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Splits[0].Images
}

// TestPlantKinds compares each copy with its source by the definition of its kind.
func TestPlantKinds(t *testing.T) {
	train := drawn(t, 30, 16)
	p, err := Plant(train, 12, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, source := range p.Sources {
		kind := CopyKinds()[i/p.PerKind]
		if !isCopy(train, kind, p.Images.At(i), int(source)) {
			t.Errorf("image %d is no copy of the kind %s of image %d", i, kind, source)
		}
		if same := bytes.Equal(p.Images.At(i), train.At(int(source))); same != (kind == CopyExact) {
			t.Errorf("image %d of the kind %s: equal to its source %v", i, kind, same)
		}
	}
	for k := range CopyKinds() {
		of := slices.Sorted(slices.Values(p.Sources[k*12 : (k+1)*12]))
		if len(slices.Compact(of)) != 12 {
			t.Errorf("%s: sources %v are not 12 different ones", CopyKinds()[k], of)
		}
	}
}

// isCopy reports whether got is a copy of that kind of a training image.
func isCopy(train datasets.Images, kind CopyKind, got []uint8, source int) bool {
	src := train.At(source)
	switch kind {
	case CopyJPEG75:
		return nearestTo(train, got) == source
	case CopyNoise1:
		return largestDifference(got, src) == 1
	case CopyMirror:
		return bytes.Equal(got, movedTo(train, source, true, 0, 0))
	case CopyShift12, CopyShiftMirror:
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				if (dy != 0 || dx != 0) && bytes.Equal(got, movedTo(train, source, kind == CopyShiftMirror, dy, dx)) {
					return true
				}
			}
		}
		return false
	case CopyBlend7030:
		return blendsWith(train, got, source)
	}
	return bytes.Equal(got, src)
}

func largestDifference(a, b []uint8) int {
	most := 0
	for i, v := range a {
		most = max(most, int(v)-int(b[i]), int(b[i])-int(v))
	}
	return most
}

// nearestTo is the training image with the smallest mean difference from px.
func nearestTo(train datasets.Images, px []uint8) int {
	best, least := -1, math.MaxInt
	for i := range train.N {
		sum := 0
		for j, v := range train.At(i) {
			sum += max(int(v)-int(px[j]), int(px[j])-int(v))
		}
		if sum < least {
			best, least = i, sum
		}
	}
	return best
}

// movedTo reads each pixel of a training image, mirrored or not, from where it was before the
// move; places outside have the pixels of the nearest edge.
func movedTo(train datasets.Images, source int, mirrored bool, dy, dx int) []uint8 {
	src, out := train.At(source), []uint8{}
	for y := range train.H {
		for x := range train.W {
			fromY, fromX := min(max(y-dy, 0), train.H-1), min(max(x-dx, 0), train.W-1)
			if mirrored {
				fromX = train.W - 1 - fromX
			}
			out = append(out, src[(fromY*train.W+fromX)*train.C:][:train.C]...)
		}
	}
	return out
}

// blendsWith reports whether got is 0.7 of the source and 0.3 of one other training image, to
// the half of a grey level.
func blendsWith(train datasets.Images, got []uint8, source int) bool {
	src := train.At(source)
	for other := range train.N {
		fits := other != source
		for i, v := range train.At(other) {
			d := 7*int(src[i]) + 3*int(v) - 10*int(got[i])
			if fits = fits && d >= -5 && d <= 5; !fits {
				break
			}
		}
		if fits {
			return true
		}
	}
	return false
}

func TestPlantRepeats(t *testing.T) {
	train := drawn(t, 20, 16)
	a, errA := Plant(train, 5, 3)
	b, errB := Plant(train, 5, 3)
	c, errC := Plant(train, 5, 4)
	if errA != nil || errB != nil || errC != nil {
		t.Fatal(errA, errB, errC)
	}
	if !bytes.Equal(a.Images.Data, b.Images.Data) || !slices.Equal(a.Sources, b.Sources) {
		t.Error("equal seeds give different copies")
	}
	if slices.Equal(a.Sources, c.Sources) {
		t.Error("different seeds copy the same images")
	}
	if few, err := Plant(train, 100, 3); err != nil || few.PerKind != 20 || few.Images.N != 20*len(CopyKinds()) {
		t.Errorf("100 copies of 20 images: %+v, %v; want 20 per kind", few.PerKind, err)
	}
	if _, err := Plant(datasets.Images{N: 1, H: 1, W: 1, C: 2, Data: []uint8{1, 2}}, 1, 1); err == nil {
		t.Error("images of two channels: no error")
	}
}

// TestPlantGolden: the copies of the reference recipe are copies by the definitions here.
func TestPlantGolden(t *testing.T) {
	dir := testenv.Path(t, "golden", "memorisation_controls")
	read := func(path ...string) datasets.Images {
		shape, px, err := npy.Read[uint8](testenv.Path(t, path...))
		if err != nil {
			t.Fatal(err)
		}
		return datasets.Images{Data: px, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}
	}
	train, planted := read("golden", "nn_search", "train_u8.npy"), read("golden", "memorisation_controls", "planted_u8.npy")
	shape, sources, err := npy.Read[int32](dir + "/planted_source_row.npy")
	if err != nil {
		t.Fatal(err)
	}
	for i, source := range sources {
		kind := CopyKinds()[i/shape[1]]
		if (kind == CopyBlend7030 || kind == CopyJPEG75) && i%5 != 0 {
			continue // all training images are compared
		}
		if !isCopy(train, kind, planted.At(i), int(source)) {
			t.Errorf("the reference's image %d is no copy of the kind %s of image %d", i, kind, source)
		}
	}
}
