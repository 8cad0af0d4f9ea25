package datasets

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// TestSuffixesOfPictures: a picture of an unsupported format gives an error that names it;
// JPEG's other suffixes are read.
func TestSuffixesOfPictures(t *testing.T) {
	good := datatest.Dots("a/1.png", "b/1.png")
	for _, suffix := range strings.Fields(".pgm .PBM .ppm .pnm .jp2 .j2k .tga .jxl .dib .heif .avif .psd .svg .gif .bmp .tiff") {
		_, err := NewPlan(context.Background(), "folder:"+datatest.Unpack(t, append(datatest.Dots("a/x"+suffix), good...)...), Options{})
		datatest.WantError(t, err, "a/x"+suffix, "only JPEG, PNG and WebP images are read; convert it")
	}
	jpeg := datatest.EncodeJPEG(image.NewRGBA(image.Rect(0, 0, 2, 2)))
	files := good
	for _, suffix := range strings.Fields(".jfif .jpe .pjpeg .JPE") {
		files = append(files, datatest.File{Name: "a/x" + suffix, Body: jpeg})
	}
	d := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{})
	if d.Splits[0].Images.N != 6 || d.Notes != nil {
		t.Fatalf("%d images, %v", d.Splits[0].Images.N, d.Notes)
	}
}

// everySource writes the files into a folder and into each kind of archive.
func everySource(t *testing.T, files ...datatest.File) map[string]string {
	return map[string]string{
		"folder": datatest.Unpack(t, files...), "zip": datatest.Write(t, "x.zip", datatest.Zip(files...)),
		"tar": datatest.Write(t, "x.tar", datatest.Tar(files...)), "tar.gz": datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(files...))),
	}
}

// TestFilesOfUnknownSuffix: images without a suffix are read; pictures with an unknown suffix
// and of unsupported formats are errors; all other files are counted.
func TestFilesOfUnknownSuffix(t *testing.T) {
	jpeg := datatest.EncodeJPEG(image.NewRGBA(image.Rect(0, 0, 2, 2)))
	good := append(datatest.Dots("a/1.png", "b/1.png"), datatest.File{Name: "a/g", Body: jpeg},
		datatest.File{Name: "a/notes", Body: []byte("BMI and P5 are no pictures")}, datatest.File{Name: "b/x.dat", Body: []byte{1, 2, 3}},
		datatest.File{Name: "b/empty", Body: []byte{}}, datatest.File{Name: "b/read.txt", Body: []byte("text")})
	const note = "Among the files of the set 4 are no images and were left out: 2 without a suffix, 1 .dat, 1 .txt (the first is "
	for kind, path := range everySource(t, good...) {
		d := mustOpen(t, "folder:"+path, Options{})
		if got := fmt.Sprint(d.Splits[0].IDs, d.Splits[0].Labels); got != "[a/1.png a/g b/1.png] [0 0 1]" {
			t.Errorf("%s: %s", kind, got)
		}
		if len(d.Notes) != 1 || !strings.HasPrefix(d.Notes[0], note) {
			t.Errorf("%s: %q", kind, d.Notes)
		}
	}
	bad := map[string]datatest.File{"it is a JPEG image with the suffix .orig": {Name: "a/2.jpg.orig", Body: jpeg}, "it is a PNG image with the suffix .png~": {Name: "a/2.png~", Body: datatest.Dot(1)}}
	for format, head := range datatest.PictureHeads {
		bad["it is a "+format+" picture; only JPEG, PNG and WebP"] = datatest.File{Name: "a/picture", Body: []byte(head)}
	}
	for want, file := range bad {
		for kind, path := range everySource(t, append(datatest.Dots("a/1.png", "b/1.png"), file)...) {
			for _, reader := range []string{"folder:", "faces=", "cifar10="} {
				_, err := NewPlan(context.Background(), reader+path, Options{})
				if err == nil || !strings.Contains(err.Error(), file.Name) || !strings.Contains(err.Error(), want) {
					t.Errorf("%s%s: %v does not say %q", reader, kind, err, want)
				}
			}
		}
	}
}

// TestLeftOutIsSaidOnce: one line for several sources, which names only a few of many suffixes.
func TestLeftOutIsSaidOnce(t *testing.T) {
	var files []datatest.File
	for i := range 7 {
		for k := range 7 - i {
			files = append(files, datatest.File{Name: fmt.Sprintf("x/%d.s%d", k, i), Body: []byte("x")})
		}
	}
	p := mustPlan(t, "folder:"+datatest.Unpack(t, append(files, datatest.Dots("a/1.png")...)...)+","+datatest.Unpack(t, append(datatest.Dots("b/1.png"), datatest.File{Name: "x.csv", Body: []byte("x")})...))
	want := []string{"Among the files of the set 29 are no images and were left out: 7 .s0, 6 .s1, 5 .s2, 4 .s3, 3 .s4, 4 others (the first is x/0.s0)."}
	if !slices.Equal(p.Notes, want) {
		t.Fatalf("%q", p.Notes)
	}
}
