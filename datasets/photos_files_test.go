package datasets

import (
	"bytes"
	"context"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/jpegscale"
	"repbench/datasets/resize"
)

// whole shows every pixel of an image as it is.
func whole(w, h int) resize.View { return resize.View{W: w, H: h} }

// anySizeFiles are photographs of many sizes and kinds; the third is not stored upright.
func anySizeFiles() []datatest.File {
	return []datatest.File{
		{Name: "train/a/1.png", Body: datatest.EncodePNG(patch(9, 4, false))},
		{Name: "train/a/2.jpg", Body: datatest.EncodeJPEG(patch(33, 20, true))},
		{Name: "train/b/1.png", Body: oriented(datatest.EncodePNG(patch(5, 11, false)), exif.Rotate90)},
		{Name: "test/a/1.png", Body: datatest.EncodePNG(patch(7, 7, true))},
	}
}

// Files of any sizes are opened without decoding them, from a folder and from archives, with one
// hash; a picture has the pixels of its file, turned where that is asked for.
func TestAnySize(t *testing.T) {
	files := anySizeFiles()
	hashes := map[bool]string{}
	for _, path := range []string{datatest.Unpack(t, files...), datatest.Write(t, "set.tar", datatest.Tar(files...)), datatest.Write(t, "set.zip", datatest.Zip(files...))} {
		for _, rotate := range []bool{false, true} {
			d := mustOpen(t, "folder:"+path, Options{AnySize: true, ExifRotate: rotate, Threads: 3})
			if hashes[rotate] == "" {
				hashes[rotate] = d.Hash
			}
			train := d.Splits[0].Images
			if d.Hash != hashes[rotate] || train.N != 3 || !train.AnySize() || len(train.Data) != 0 || len(d.Notes) != 1 {
				t.Fatalf("%s: %d images, data %v, hash %s, want %s, notes %q", path, train.N, train.Data, d.Hash, hashes[rotate], d.Notes)
			}
			checkPictures(t, train, files, rotate)
		}
	}
	if hashes[false] == hashes[true] {
		t.Error("a turned picture has the hash of the picture as stored")
	}
	files[1].Body = datatest.EncodeJPEG(patch(33, 21, true))
	if d := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{AnySize: true}); d.Hash == hashes[false] {
		t.Error("another picture has the same hash")
	}
}

// A file that is replaced after its set was opened, by one of the same size too, is an error that
// names it: the hash of the set is that of the earlier content.
func TestAnySizeChangedFile(t *testing.T) {
	files := anySizeFiles()
	for _, rotate := range []bool{false, true} {
		root := datatest.Unpack(t, files...)
		train := mustOpen(t, "folder:"+root, Options{AnySize: true, ExifRotate: rotate}).Splits[0].Images
		changed := bytes.Clone(files[2].Body)
		changed[len(changed)-20]++
		if err := os.WriteFile(filepath.Join(root, files[2].Name), changed, 0o644); err != nil {
			t.Fatal(err)
		}
		var dec PictureDecoder
		if _, err := train.Picture(&dec, 0, whole(9, 4)); err != nil {
			t.Error(err)
		}
		_, err := train.Picture(&dec, 2, whole(11, 5))
		if err == nil || !strings.Contains(err.Error(), files[2].Name) || !strings.Contains(err.Error(), "the file changed") {
			t.Errorf("rotate %v: a changed file: %v", rotate, err)
		}
	}
}

// A picture that is too long to be shown is an error with its name, whatever its format is.
func TestAnySizeTooLong(t *testing.T) {
	long := patch(30000, 2, false)
	files := []datatest.File{{Name: "a.png", Body: datatest.EncodePNG(long)}, {Name: "b.jpg", Body: datatest.EncodeJPEG(long)}}
	train := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{AnySize: true}).Splits[0].Images
	for i, f := range files {
		_, err := train.Picture(new(PictureDecoder), i, resize.View{W: 20, H: 20, Shorter: 20})
		if err == nil || !strings.Contains(err.Error(), f.Name) || !strings.Contains(err.Error(), "300000×20") {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func checkPictures(t *testing.T, train Images, files []datatest.File, rotate bool) {
	t.Helper()
	var dec PictureDecoder // shared: the next picture must not depend on the previous one
	for i, size := range [][3]int{{9, 4, 3}, {33, 20, 1}, {5, 11, 3}} {
		w, h, c := size[0], size[1], size[2]
		want := pixelsOf(t, files[i].Body, c)
		if c == 1 { // a JPEG file has the pixels of libjpeg
			im, err := new(jpegscale.Decoder).Decode(files[i].Body, 1)
			if err != nil {
				t.Fatal(err)
			}
			want = im.Pix
		}
		if i == 2 && rotate {
			stored := slices.Clone(want)
			w, h = h, w
			exif.Rotate90.Turn(want, stored, h, w, c, image.Rect(0, 0, w, h))
		}
		got, err := train.Slice(i, train.N).Picture(&dec, 0, whole(w, h))
		if err != nil || got.W != w || got.H != h || got.C != c || !bytes.Equal(got.Pix, want) {
			t.Errorf("picture %d (rotate %v): %d×%d×%d (%v), want %d×%d×%d", i, rotate, got.W, got.H, got.C, err, w, h, c)
		}
	}
}

// Keep-lists keep pictures; sets stored as pixels are opened as ever.
func TestAnySizeRestricted(t *testing.T) {
	root := datatest.Unpack(t, anySizeFiles()...)
	d := mustOpen(t, "folder:"+root, Options{AnySize: true})
	some, err := Restrict(d, KeepList{Split: Train, IDs: []string{d.Splits[0].IDs[2]}})
	if err != nil {
		t.Fatal(err)
	}
	im := some.Splits[0].Images
	p, err := im.Picture(new(PictureDecoder), 0, whole(5, 11))
	if err != nil || im.N != 1 || p.W != 5 || im.Pictures.Sum(0) != d.Splits[0].Images.Pictures.Sum(2) {
		t.Errorf("%d images, the first %d×%d (%v)", im.N, p.W, p.H, err)
	}
	shapes := mustOpen(t, "shapes", Options{AnySize: true, Count: 20, TestCount: 10})
	if im := shapes.Splits[0].Images; im.AnySize() || im.W != 32 {
		t.Errorf("the built-in set has images of any size: %+v", im)
	}
	q, err := shapes.Splits[0].Images.Picture(nil, 3, resize.View{})
	if err != nil || !bytes.Equal(q.Pix, shapes.Splits[0].Images.At(3)) {
		t.Errorf("a picture of an array has other pixels (%v)", err)
	}
}

// What cannot be read in any order, or is no picture, is named before anything is decoded; damage
// is found when a picture is decoded.
func TestAnySizeErrors(t *testing.T) {
	files := anySizeFiles()
	_, err := Open(context.Background(), "folder:"+datatest.Write(t, "set.tar.gz", datatest.Gzip(datatest.Tar(files...))), Options{AnySize: true})
	datatest.WantError(t, err, "set.tar.gz", "unpack it and give the folder", "data prepare")
	cut := slices.Clone(files)
	cut[1].Body = cut[1].Body[:len(cut[1].Body)-30]
	d := mustOpen(t, "folder:"+datatest.Unpack(t, cut...), Options{AnySize: true})
	_, err = d.Splits[0].Images.Picture(new(PictureDecoder), 1, whole(4, 4))
	datatest.WantError(t, err, "train/a/2.jpg", "the image cannot be read")
	cut[2].Body, cut[0].Body = []byte("text"), []byte("text")
	for range 5 {
		_, err = Open(context.Background(), "folder:"+datatest.Unpack(t, cut...), Options{AnySize: true, Threads: 4})
		datatest.WantError(t, err, "train/a/1.png", "neither JPEG, PNG nor WebP")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, "folder:"+datatest.Unpack(t, files...), Options{AnySize: true}); err == nil {
		t.Error("an interrupted opening is no error")
	}
}
