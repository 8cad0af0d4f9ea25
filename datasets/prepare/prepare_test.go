package prepare

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/internal/testenv"
)

// pictureOf returns a w×h image that depends on seed.
func pictureOf(w, h, seed int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(3*x + seed), uint8(2*y + 5*seed), uint8(x + y), 255})
		}
	}
	return m
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func grey(w, h int) image.Image {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	return m
}

// file is an entry of a test set.
type file struct {
	name string
	data []byte
}

// mixed is a set with two classes and every kind of file that is read.
func mixed() []file {
	files := []file{
		{"train/b/grey.jpg", asJPEG(grey(50, 37))},
		{"train/b/grey.png", asPNG(grey(37, 50))},
		{"train/a/png named.jpg", asPNG(pictureOf(80, 33, 1))},
		{"test/b/small.jpg", asJPEG(pictureOf(9, 11, 2))},
		{"test/a/line.png", asPNG(pictureOf(300, 1, 3))},
	}
	for i := range 20 {
		files = append(files, file{fmt.Sprintf("train/%c/%d.jpg", 'a'+i%2, i), asJPEG(pictureOf(40+7*i, 130-3*i, i))})
	}
	return files
}

func tarOf(t testing.TB, files []file) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.data)
	}
	w.Close()
	path := filepath.Join(t.TempDir(), "set.tar")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func folderOf(t testing.TB, files []file) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func must(t testing.TB, spec, dir string, o Options) *Result {
	t.Helper()
	res, err := Run(context.Background(), spec, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// contents returns the files below a folder, except locks.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == lockFile {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameContents(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	spec := "folder:" + folderOf(t, mixed())
	res := must(t, spec, dir, Options{Sizes: []int{16}})
	d, err := datasets.Open(context.Background(), "prepared:"+dir, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Hash != res.Sets[0].Hash || d.Hash != datasets.ContentHash(d.Classes, d.Splits) || d.Name != "folder" {
		t.Errorf("hash %s, the result says %s", d.Hash, res.Sets[0].Hash)
	}
	if !slices.Equal(d.Classes, []string{"a", "b"}) || len(d.Splits) != 2 {
		t.Fatalf("classes %v, %d splits", d.Classes, len(d.Splits))
	}
	train := d.Splits[0]
	if im := train.Images; im.N != 23 || im.H != 16 || im.W != 16 || im.C != 3 {
		t.Errorf("images %d×%d×%d×%d", im.N, im.H, im.W, im.C)
	}
	if train.IDs[0] != "train/a/0.jpg" || train.Labels[0] != 0 || train.Labels[22] != 1 {
		t.Errorf("first ID %s, labels %v", train.IDs[0], train.Labels)
	}
	// The files on disk are the ones that NumPy reads, and there are no others.
	want := []string{"manifest.json", "test_ids.txt", "test_images.npy", "test_labels.npy", "train_ids.txt", "train_images.npy", "train_labels.npy"}
	var have []string
	for name := range contents(t, dir) {
		have = append(have, name)
	}
	if slices.Sort(have); !slices.Equal(have, want) {
		t.Errorf("files %v", have)
	}
	shape, labels, err := npy.Read[int32](filepath.Join(dir, "train_labels.npy"))
	if err != nil || !slices.Equal(shape, []int{23}) || !slices.Equal(labels, train.Labels) {
		t.Errorf("labels on disk: %v %v %v", shape, labels, err)
	}
}

// The pixels of lossless files equal those of package resize on the decoded image.
func TestPixels(t *testing.T) {
	m := pictureOf(57, 43, 7)
	dir := filepath.Join(t.TempDir(), "out")
	must(t, "folder:"+folderOf(t, []file{{"x.png", asPNG(m)}, {"y.png", asPNG(grey(57, 43))}}), dir, Options{Sizes: []int{12}, Filter: resize.Lanczos})
	_, got, err := npy.Read[uint8](filepath.Join(dir, "train_images.npy"))
	if err != nil {
		t.Fatal(err)
	}
	var rgb, triple []uint8
	for i := 0; i < len(m.Pix); i += 4 {
		rgb = append(rgb, m.Pix[i:i+3]...)
	}
	for i := range 57 * 43 {
		triple = append(triple, uint8(i), uint8(i), uint8(i))
	}
	want := make([]uint8, 2*12*12*3)
	var s resize.Scaler
	for i, pix := range [][]uint8{rgb, triple} {
		if err := s.Square(want[i*12*12*3:][:12*12*3], resize.Image{Pix: pix, W: 57, H: 43, C: 3}, 12, resize.Lanczos); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("not the pixels of package resize")
	}
}

// JPEG files give the pixels of Pillow 9.4: the shared reference.
func TestEqualsSharedReference(t *testing.T) {
	_, want, err := npy.Read[uint8](testenv.Path(t, "golden", "resize", "jpeg_bicubic_32.npy"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(testenv.Path(t, "golden", "resize", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index struct{ Files []string }
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	var files []file
	for i, name := range index.Files {
		data, err := os.ReadFile(testenv.Path(t, "data", "imagenet-sample", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{fmt.Sprintf("%02d.jpg", i), data})
	}
	src := "folder:" + folderOf(t, files)
	for _, tt := range []struct {
		decode Decode
		most   float64 // mean difference in grey levels; measured 0, 0.50 and 1.80
	}{{Full, 0}, {Scaled, 0.6}, {Draft, 2}} {
		t.Run(tt.decode.String(), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			must(t, src, dir, Options{Sizes: []int{32}, Decode: tt.decode})
			_, got, err := npy.Read[uint8](filepath.Join(dir, "train_images.npy"))
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d bytes, want %d (%v)", len(got), len(want), err)
			}
			sum := 0
			for i := range got {
				d := int(got[i]) - int(want[i])
				sum += max(d, -d)
			}
			mean := float64(sum) / float64(len(got))
			if mean > tt.most || tt.decode != Full && mean == 0 {
				t.Errorf("%.3f grey levels off on average, want at most %g", mean, tt.most)
			}
			t.Logf("%.3f grey levels", mean)
		})
	}
}

// The bytes depend neither on the threads nor on the other sizes.
func TestIndependence(t *testing.T) {
	src := "folder:" + tarOf(t, mixed())
	for _, decode := range []Decode{Full, Scaled, Draft} {
		var want [2]map[string]string
		for i, n := range []int{8, 24} {
			dir := filepath.Join(t.TempDir(), "one")
			must(t, src, dir, Options{Sizes: []int{n}, Threads: 1, Decode: decode})
			want[i] = contents(t, dir)
		}
		for _, threads := range []int{2, 7} {
			dir := filepath.Join(t.TempDir(), "both")
			res := must(t, src, dir, Options{Sizes: []int{24, 8}, Threads: threads, Decode: decode})
			if len(res.Sets) != 2 || res.Sets[0].Size != 8 {
				t.Fatalf("sets %+v", res.Sets)
			}
			sameContents(t, contents(t, filepath.Join(dir, "8")), want[0])
			sameContents(t, contents(t, filepath.Join(dir, "24")), want[1])
		}
	}
}

// A set of arrays: a set like MNIST stays grey, and a set that already has the wanted size
// keeps its pixels and so its hash.
func TestArrays(t *testing.T) {
	const spec = "shapes:size=32,train=40,test=20"
	before, err := datasets.Open(context.Background(), spec, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "same")
	if res := must(t, spec, dir, Options{Sizes: []int{32}}); res.Sets[0].Hash != before.Hash {
		t.Error("a set of the wanted size has another hash")
	}
	again := filepath.Join(t.TempDir(), "again")
	if m := must(t, "prepared:"+dir, again, Options{Sizes: []int{8}}).Sets[0]; m.Size != 8 || m.Splits[1].Images != 20 || m.Name != "shapes" {
		t.Errorf("prepared of prepared: %+v", m)
	}
	grey := filepath.Join(t.TempDir(), "grey")
	if m := must(t, "mnist="+mnist(t), grey, Options{Sizes: []int{14}}).Sets[0]; m.Channels != 1 || m.Splits[0].Images != 3 || !m.Splits[0].Labelled {
		t.Errorf("a set like MNIST: %+v", m)
	}
}

// mnist is a folder of idx files with three images in each split.
func mnist(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, split := range []string{"train", "t10k"} {
		images := append([]byte{0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 28, 0, 0, 0, 28}, make([]byte, 3*28*28)...)
		for name, data := range map[string][]byte{"images-idx3": images, "labels-idx1": {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9}} {
			if err := os.WriteFile(filepath.Join(dir, split+"-"+name+"-ubyte"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// bomb is a PNG whose header claims 30000×30000 pixels.
func bomb() []byte {
	data := asPNG(pictureOf(2, 2, 0))
	copy(data[16:], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30})
	return data
}

func TestBadImages(t *testing.T) {
	good := asJPEG(pictureOf(60, 60, 1))
	huge := bytes.Clone(good)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
	files := []file{
		{"train/a/0.jpg", good},
		{"train/a/bomb.png", bomb()},
		{"train/a/cut.jpg", good[:len(good)/2]},
		{"train/b/empty.jpg", []byte{}},
		{"train/b/huge.jpg", huge},
		{"train/b/text.jpg", []byte("<html>404</html>")},
		{"train/b/thread.png", asPNG(grey(1, 9000))},
		{"train/b/z.jpg", good},
	}
	want := map[string]string{
		"train/a/bomb.png": "checksum", "train/a/cut.jpg": "truncated", "train/b/empty.jpg": "empty",
		"train/b/huge.jpg": "65535×65535", "train/b/text.jpg": "web page", "train/b/thread.png": "would become",
	}
	for _, src := range []string{folderOf(t, files), tarOf(t, files)} {
		dir := filepath.Join(t.TempDir(), "out")
		_, err := Run(context.Background(), "folder:"+src, dir, Options{Sizes: []int{32}})
		if !errors.Is(err, ErrTooManyBad) || !strings.Contains(err.Error(), "train/a/bomb.png") {
			t.Fatalf("with the default share: %v", err)
		}
		share := 0.8 // started again, with more patience
		res := must(t, "folder:"+src, dir, Options{Sizes: []int{32}, MaxBad: &share})
		if res.ResumedAt != 1 {
			t.Errorf("resumed at %d, want 1", res.ResumedAt)
		}
		bad := res.Sets[0].Bad
		for _, b := range bad {
			if w := want[b.ID]; w == "" || !strings.Contains(b.Reason, w) || strings.Contains(b.Reason, src) {
				t.Errorf("%s: %q does not say %q", b.ID, b.Reason, w)
			}
		}
		d, err := datasets.Open(context.Background(), "prepared:"+dir, datasets.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := d.Splits[0]
		if len(bad) != len(want) || !slices.Equal(s.IDs, []string{"train/a/0.jpg", "train/b/z.jpg"}) || !slices.Equal(s.Labels, []int32{0, 1}) {
			t.Errorf("%d bad; left are %v with labels %v", len(bad), s.IDs, s.Labels)
		}
		if !slices.Equal(s.Images.At(0), s.Images.At(1)) {
			t.Error("the pixels of the good images are not in their places")
		}
	}
}

func TestNothingReadable(t *testing.T) {
	share := 1.0
	src := folderOf(t, []file{{"train/a/0.jpg", asJPEG(pictureOf(8, 8, 0))}, {"test/a/0.jpg", []byte("x")}})
	_, err := Run(context.Background(), "folder:"+src, filepath.Join(t.TempDir(), "o"), Options{Sizes: []int{8}, MaxBad: &share})
	if err == nil || !strings.Contains(err.Error(), "none of the test images can be read") {
		t.Errorf("%v", err)
	}
}

// A CMYK file in Adobe's inverted form, made by Pillow 9.4: Image.new("CMYK", (16, 12), (200,
// 30, 60, 10)) with the left half (0, 0, 0, 255).
func TestCMYK(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, decode := range []Decode{Full, Draft} {
		dir := filepath.Join(t.TempDir(), "out")
		must(t, "folder:"+folderOf(t, []file{{"a.jpg", data}}), dir, Options{Sizes: []int{12}, Decode: decode})
		_, got, err := npy.Read[uint8](filepath.Join(dir, "train_images.npy"))
		if err != nil {
			t.Fatal(err)
		}
		// Pillow's convert("RGB"): black, and (53, 216, 187) within a few levels.
		ends := append(slices.Clone(got[:3]), got[33:36]...)
		for i, want := range []int{0, 0, 0, 53, 216, 187} {
			if d := int(ends[i]) - want; d < -8 || d > 8 {
				t.Errorf("%s: the first row begins and ends with %v", decode, ends)
				break
			}
		}
	}
}

// stopper cancels a run after n images, including those of earlier runs.
type stopper struct {
	n      int
	cancel context.CancelFunc
}

func (s *stopper) Start(name string, total int64, unit string) progress.Task {
	if name != "prepare" {
		return progress.Silent.Start(name, total, unit)
	}
	return s
}
func (s *stopper) Note(string) {}
func (s *stopper) Done()       {}
func (s *stopper) Add(n int64) {
	if s.n -= int(n); s.n <= 0 {
		s.cancel()
	}
}

func TestInterruptedRunsResume(t *testing.T) {
	files := append(mixed(), file{"train/a/broken.jpg", []byte("x")})
	src := "folder:" + tarOf(t, files)
	share := 0.1
	o := Options{Sizes: []int{8, 16}, Threads: 2, MaxBad: &share}
	whole := filepath.Join(t.TempDir(), "whole")
	must(t, src, whole, o)
	dir := filepath.Join(t.TempDir(), "parts")
	stops := 0
	for range 30 {
		ctx, cancel := context.WithCancel(context.Background())
		o.Progress = &stopper{n: stops*3 + 4, cancel: cancel}
		_, err := Run(ctx, src, dir, o)
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		stops++
	}
	if stops < 2 {
		t.Errorf("stopped %d times only", stops)
	}
	sameContents(t, contents(t, dir), contents(t, whole))
	o.Progress = nil
	if res := must(t, src, dir, o); res.ResumedAt != res.Images || res.Sets[0].Hash == "" {
		t.Errorf("a run in a finished folder: %+v", res)
	}
}

// A run that was killed while it published ends with the same bytes.
func TestPublishingTwice(t *testing.T) {
	src := "folder:" + folderOf(t, append(mixed(), file{"test/a/broken.jpg", []byte("x")}))
	share := 0.1
	o := Options{Sizes: []int{8}, MaxBad: &share}
	whole := filepath.Join(t.TempDir(), "whole")
	must(t, src, whole, o)
	o, err := o.resolve()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "killed")
	begin := func() *run {
		f, err := openFeed(context.Background(), src, datasets.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tg, err := openTarget(dir)
		if err != nil {
			t.Fatal(err)
		}
		r := &run{o: o, feed: f, target: tg, id: identity{f.name, f.source, f.fingerprint(), o.Sizes, "bicubic", "full", false, f.channels}}
		if r.state, err = tg.resume(r.id, f.channels); err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := begin()
	if err := r.images(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.publish(context.Background(), 8); err != nil { // and no manifest
		t.Fatal(err)
	}
	r.target.close()
	if r = begin(); !r.state.Finishing {
		t.Error("the state does not say that all images are done")
	}
	r.target.close()
	must(t, src, dir, o)
	sameContents(t, contents(t, dir), contents(t, whole))
}

func TestFolderOfAnother(t *testing.T) {
	src := folderOf(t, mixed())
	dir := filepath.Join(t.TempDir(), "out")
	o := Options{Sizes: []int{8}}
	must(t, "folder:"+src, dir, o)
	if err := os.WriteFile(filepath.Join(src, "train", "a", "new.png"), asPNG(grey(9, 9)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, spec, want string
		change           func(*Options)
	}{
		{"filter", "folder:" + src, "the filter is box, was bicubic", func(o *Options) { o.Filter = resize.Box }},
		{"decoding", "folder:" + src, "the decoding is draft, was full", func(o *Options) { o.Decode = Draft }},
		{"size", "folder:" + src, "the size is [9], was [8]", func(o *Options) { o.Sizes = []int{9} }},
		{"set", "shapes:train=20,test=10", "the set is shapes, was folder", func(*Options) {}},
		{"names", "folder:" + src, "the names or labels of its images have changed", func(*Options) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := o
			tt.change(&o)
			_, err := Run(context.Background(), tt.spec, dir, o)
			if !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
	full := folderOf(t, []file{{"notes.txt", []byte("mine")}})
	if _, err := Run(context.Background(), "folder:"+src, full, o); err == nil || !strings.Contains(err.Error(), "holds notes.txt") {
		t.Errorf("a folder with other files: %v", err)
	}
}

func TestOptionErrors(t *testing.T) {
	two := 2.0
	for _, tt := range []struct {
		name, want string
		o          Options
	}{
		{"no size", "no size", Options{}},
		{"size 0", "the size is 0", Options{Sizes: []int{0}}},
		{"large size", "4097", Options{Sizes: []int{4097}}},
		{"size twice", "the size 8 is given twice", Options{Sizes: []int{8, 16, 8}}},
		{"share", "is 2; it must be in 0 … 1", Options{Sizes: []int{8}, MaxBad: &two}},
		{"threads", "-1 threads", Options{Sizes: []int{8}, Threads: -1}},
		{"decoding", "Decode(9)", Options{Sizes: []int{8}, Decode: 9}},
		{"filter", "Filter(9)", Options{Sizes: []int{8}, Filter: 9}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Run(context.Background(), "shapes", filepath.Join(t.TempDir(), "o"), tt.o)
			if !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
	if _, err := ParseDecode("half"); !errors.Is(err, ErrOptions) {
		t.Errorf("ParseDecode: %v", err)
	}
}

// The scale is the smallest fraction that leaves both sides large enough.
func TestDecodeScale(t *testing.T) {
	for _, tt := range []struct {
		name         string
		d            Decode
		w, h, n, out int
	}{
		{"full", Full, 4000, 4000, 8, 1},
		{"draft, an eighth", Draft, 500, 375, 32, 8},
		{"draft, the edge", Draft, 300, 256, 32, 8},
		{"draft, below it", Draft, 300, 255, 32, 4},
		{"scaled, twice the size", Scaled, 500, 375, 32, 4},
		{"scaled, the edge", Scaled, 512, 600, 32, 8},
		{"small", Scaled, 60, 60, 32, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.d.scale(tt.w, tt.h, tt.n); got != tt.out {
				t.Errorf("1/%d, want 1/%d", got, tt.out)
			}
		})
	}
}
