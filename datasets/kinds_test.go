package datasets

import (
	"context"
	"fmt"
	"image"
	"maps"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// pictureHeads are the beginnings of pictures that are not read, by their formats.
var pictureHeads = map[string]string{
	"GIF": "GIF89a\x01\x00\x01\x00", "TIFF": "II*\x00\x08\x00\x00\x00", "PNM": "P5\n2 2\n255\n0000", "PAM": "P7\nWIDTH 2\n",
	"BMP":       "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x02\x00\x00\x00",
	"JPEG 2000": "\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG XL": "\xff\x0a\xfa\x1f", "JPEG XR": "II\xbc\x01",
	"HEIF or AVIF": "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "QOI": "qoif\x00\x00\x00\x02",
	"Photoshop": "8BPS\x00\x01", "OpenEXR": "v/1\x01\x02\x00\x00\x00", "Radiance": "#?RADIANCE\n", "DDS": "DDS |\x00\x00\x00\x07",
}

// TestSuffixesOfPictures: a set with any picture that is not read is an error which
// names it; JPEG's other suffixes are read.
func TestSuffixesOfPictures(t *testing.T) {
	good := names("a/1.png", "b/1.png")
	for _, suffix := range strings.Fields(".pgm .PBM .ppm .pnm .jp2 .j2k .tga .jxl .dib .heif .avif .psd .svg .gif .bmp .tiff") {
		_, err := NewPlan(context.Background(), "folder:"+datatest.Unpack(t, append(names("a/x"+suffix), good...)...), Options{})
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

// everySource puts the files into a folder and each kind of archive.
func everySource(t *testing.T, files ...datatest.File) map[string]string {
	return map[string]string{
		"folder": datatest.Unpack(t, files...), "zip": datatest.Write(t, "x.zip", datatest.Zip(files...)),
		"tar": datatest.Write(t, "x.tar", datatest.Tar(files...)), "tar.gz": datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(files...))),
	}
}

// TestFilesOfUnknownSuffix: images without a suffix are read, pictures with an unknown
// suffix and those that are not read are errors, all else is counted.
func TestFilesOfUnknownSuffix(t *testing.T) {
	jpeg := datatest.EncodeJPEG(image.NewRGBA(image.Rect(0, 0, 2, 2)))
	good := append(names("a/1.png", "b/1.png"), datatest.File{Name: "a/g", Body: jpeg},
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
	for format, head := range pictureHeads {
		bad["it is a "+format+" picture; only JPEG, PNG and WebP"] = datatest.File{Name: "a/picture", Body: []byte(head)}
	}
	for want, file := range bad {
		for kind, path := range everySource(t, append(names("a/1.png", "b/1.png"), file)...) {
			for _, reader := range []string{"folder:", "faces=", "cifar10="} {
				_, err := NewPlan(context.Background(), reader+path, Options{})
				if err == nil || !strings.Contains(err.Error(), file.Name) || !strings.Contains(err.Error(), want) {
					t.Errorf("%s%s: %v does not say %q", reader, kind, err, want)
				}
			}
		}
	}
}

// TestLeftOutIsSaidOnce: one line for several sources, with few of many suffixes.
func TestLeftOutIsSaidOnce(t *testing.T) {
	var files []datatest.File
	for i := range 7 {
		for k := range 7 - i {
			files = append(files, datatest.File{Name: fmt.Sprintf("x/%d.s%d", k, i), Body: []byte("x")})
		}
	}
	p := mustPlan(t, "folder:"+datatest.Unpack(t, append(files, names("a/1.png")...)...)+","+datatest.Unpack(t, append(names("b/1.png"), datatest.File{Name: "x.csv", Body: []byte("x")})...))
	want := []string{"Among the files of the set 29 are no images and were left out: 7 .s0, 6 .s1, 5 .s2, 4 .s3, 3 .s4, 4 others (the first is x/0.s0)."}
	if !slices.Equal(p.Notes, want) {
		t.Fatalf("%q", p.Notes)
	}
}

// TestSuffixKinds: each suffix is of one kind, and those of the pictures that other
// programs write are known.
func TestSuffixKinds(t *testing.T) {
	for _, s := range slices.Sorted(maps.Keys(suffixKinds)) {
		if s != strings.ToLower(s) || !strings.HasPrefix(s, ".") || kindOf("a"+strings.ToUpper(s)) != suffixKinds[s] {
			t.Errorf("suffix %q", s)
		}
	}
	for name, want := range map[string]imageKind{"a": unknownFile, "a.": unknownFile, "a.xyz": unknownFile, "a.JPeG": readImage, "a.tga": otherImage, "a.txt": noImage} {
		if got := kindOf(name); got != want {
			t.Errorf("%s is of kind %d, want %d", name, got, want)
		}
	}
}

// FuzzPictureIn: any bytes are told without a panic, and what is read is what the
// decoders take.
func FuzzPictureIn(f *testing.F) {
	for _, head := range pictureHeads {
		f.Add([]byte(head))
	}
	f.Add(datatest.Dot(1))
	f.Fuzz(func(t *testing.T, head []byte) {
		format, read := pictureIn(head)
		if _, err := codecOf(head); read && (err != nil || format == "") {
			t.Fatalf("%q is read as %s: %v", head, format, err)
		}
	})
}
