package prepare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
)

// awkward is a set in which some pictures cannot be made at some sizes: a thin picture that
// would become too long at 200, and JPEG files with a wrong byte, which a decoder at 1/8 may
// skip and a decoder at full size may not.
func awkward(t *testing.T) []file {
	t.Helper()
	files := append(mixed(), file{"train/a/thread.png", asPNG(pictureOf(3, 2000, 7))})
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"34x83_0_progressive.jpg", "34x83_2_baseline.jpg", "61x45_grey_progressive.jpg"} {
		data, err := os.ReadFile(filepath.Join("..", "internal", "jpegscale", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			wrong := bytes.Clone(data)
			wrong[len(data)/3+rng.IntN(len(data)*2/3)] = byte(rng.Uint32())
			files = append(files, file{fmt.Sprintf("train/b/%d%s", i, name), wrong})
		}
	}
	return files
}

// The result at one size equals, byte for byte, the result of a run for this size alone:
// pixels, names, labels, the list of bad images.
func TestSizesAreIndependent(t *testing.T) {
	src := "folder:" + folderOf(t, awkward(t))
	share := 1.0
	for _, d := range []Decode{Full, Scaled, Draft} {
		together := filepath.Join(t.TempDir(), "together")
		res := must(t, src, together, Options{Sizes: []int{4, 32, 200}, Decode: d, MaxBad: &share})
		t.Logf("%s: %d, %d, %d left out", d, len(res.Sets[0].Bad), len(res.Sets[1].Bad), len(res.Sets[2].Bad))
		for _, n := range []int{4, 32, 200} {
			alone := filepath.Join(t.TempDir(), "alone")
			must(t, src, alone, Options{Sizes: []int{n}, Decode: d, MaxBad: &share})
			sameContents(t, contents(t, filepath.Join(together, fmt.Sprint(n))), contents(t, alone))
		}
	}
}

func TestLeftOutAtOneSize(t *testing.T) {
	src := "folder:" + folderOf(t, append(mixed(),
		file{"train/a/thread.png", asPNG(pictureOf(3, 2000, 7))}, file{"train/b/broken.jpg", []byte("x")}))
	share := 0.1
	res := must(t, src, filepath.Join(t.TempDir(), "out"), Options{Sizes: []int{32, 200}, MaxBad: &share})
	for i, want := range []string{"train/b/broken.jpg", "train/a/thread.png train/b/broken.jpg"} {
		var ids []string
		for _, b := range res.Sets[i].Bad {
			ids = append(ids, b.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("size %d leaves out %s, want %s", res.Sets[i].Size, got, want)
		}
		d, err := datasets.Open(context.Background(), "prepared:"+res.Sets[i].Dir, datasets.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := d.Splits[0].Images.N + len(ids); n != 25 {
			t.Errorf("size %d: %d training images are there or left out, want 25", res.Sets[i].Size, n)
		}
	}
	share = 0.04 // one of 27: the broken file, but not the thread with it
	_, err := Run(context.Background(), src, filepath.Join(t.TempDir(), "out"), Options{Sizes: []int{32, 200}, MaxBad: &share})
	if !errors.Is(err, ErrTooManyBad) || !strings.Contains(err.Error(), "2 of") {
		t.Errorf("with one bad image allowed at each size: %v", err)
	}
}
