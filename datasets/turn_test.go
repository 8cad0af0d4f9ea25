package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"slices"
	"testing"

	"repbench/datasets/internal/datatest"
	"repbench/datasets/internal/exif"
)

// exifBlock returns a block with an orientation only.
func exifBlock(o exif.Orientation) []byte {
	return append([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), byte(o), 0, 0, 0, 0, 0, 0, 0)
}

// oriented puts an orientation into a JPEG or PNG file.
func oriented(file []byte, o exif.Orientation) []byte {
	if bytes.HasPrefix(file, []byte("\xff\xd8")) {
		body := append([]byte("Exif\x00\x00"), exifBlock(o)...)
		head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(body)+2))
		return slices.Concat(head, body, file[2:])
	}
	chunk := append([]byte("eXIf"), exifBlock(o)...)
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk))
	size := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	const head = 33 // the signature and IHDR
	return slices.Concat(file[:head], size, chunk, sum, file[head:])
}

// patch is a 4×3 picture, or a grey one, that looks different in all eight orientations.
func patch(w, h int, grey bool) image.Image {
	if grey {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			g.Pix[i] = uint8(17 * i)
		}
		return g
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.SetNRGBA(i%w, i/w, color.NRGBA{uint8(20 * i), uint8(255 - 9*i), uint8(i * i), 255})
	}
	return m
}

// orientedSet returns a set with one class and a file of each orientation, each shown with 4×3
// pixels, and the pixels of each file before it is turned.
func orientedSet(t *testing.T, encode func(image.Image) []byte, grey bool) (files, bare []datatest.File, stored [][]uint8) {
	t.Helper()
	channels := 3
	if grey {
		channels = 1
	}
	for o := exif.Upright; o <= exif.Rotate270; o++ {
		w, h := o.Size(4, 3)
		file := encode(patch(w, h, grey))
		name := fmt.Sprintf("train/a/%d.png", o)
		files = append(files, datatest.File{Name: name, Body: oriented(file, o)})
		bare = append(bare, datatest.File{Name: name, Body: file})
		stored = append(stored, pixelsOf(t, file, channels))
	}
	return files, bare, stored
}

// With ExifRotate the pixels are the decoded pixels, turned (exif.TestTurn compares the turning
// with Pillow's); in folders and archives, for both formats, grey and in colour.
func TestExifRotate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		encode func(image.Image) []byte
		grey   bool
	}{{"PNG", datatest.EncodePNG, false}, {"JPEG", datatest.EncodeJPEG, false}, {"grey PNG", datatest.EncodePNG, true}, {"grey JPEG", datatest.EncodeJPEG, true}} {
		t.Run(tt.name, func(t *testing.T) {
			files, _, stored := orientedSet(t, tt.encode, tt.grey)
			for _, path := range []string{datatest.Unpack(t, files...), datatest.Write(t, "set.tar", datatest.Tar(files...))} {
				d := mustOpen(t, "folder:"+path, Options{ExifRotate: true})
				im := d.Splits[0].Images
				if im.W != 4 || im.H != 3 {
					t.Fatalf("%d×%d pixels", im.W, im.H)
				}
				for i, src := range stored {
					o, want := exif.Orientation(i+1), make([]uint8, len(src))
					w, h := o.Size(4, 3)
					o.Turn(want, src, w, h, im.C, image.Rect(0, 0, 4, 3))
					if !bytes.Equal(im.At(i), want) {
						t.Errorf("orientation %d: %v, want %v", o, im.At(i), want)
					}
				}
				if want := "7 of 8 images have an EXIF orientation other than upright and were turned by it"; !slices.Equal(d.Notes, []string{want}) {
					t.Errorf("notes %q", d.Notes)
				}
			}
		})
	}
}

// Without ExifRotate a set and its hash are the same as before orientations were read; a note
// mentions the orientations. If no image is turned, the option changes nothing.
func TestExifOrientationIsCounted(t *testing.T) {
	var files, bare []datatest.File
	for o := exif.Upright; o <= exif.Rotate270; o++ {
		file := datatest.EncodeJPEG(patch(5, 5, false))
		name := fmt.Sprintf("train/a/%d.jpg", o)
		files = append(files, datatest.File{Name: name, Body: oriented(file, o)})
		bare = append(bare, datatest.File{Name: name, Body: file})
	}
	plain := mustOpen(t, "folder:"+datatest.Unpack(t, bare...), Options{})
	kept := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{})
	turned := mustOpen(t, "folder:"+datatest.Unpack(t, files...), Options{ExifRotate: true})
	if kept.Hash != plain.Hash || turned.Hash == plain.Hash {
		t.Errorf("hashes: without EXIF %s, kept %s, turned %s", plain.Hash, kept.Hash, turned.Hash)
	}
	if len(kept.Notes) != 1 || len(plain.Notes) != 0 {
		t.Fatalf("notes %q and %q", kept.Notes, plain.Notes)
	}
	datatest.WantError(t, fmt.Errorf("%s", kept.Notes[0]), "7 of 8 images", "not applied", "--exif-rotate")
	if same := mustOpen(t, "folder:"+datatest.Unpack(t, bare...), Options{ExifRotate: true}); same.Hash != plain.Hash || len(same.Notes) != 0 {
		t.Errorf("nothing to turn: hash %s, notes %q", same.Hash, same.Notes)
	}
}

// Images that have one size as stored may have two sizes as shown, and vice versa.
func TestExifRotateSizes(t *testing.T) {
	wide := datatest.EncodePNG(patch(4, 3, false))
	root := datatest.Unpack(t, datatest.File{Name: "a/1.png", Body: wide}, datatest.File{Name: "a/2.png", Body: oriented(wide, exif.Rotate90)})
	mustOpen(t, "folder:"+root, Options{})
	_, err := Open(context.Background(), "folder:"+root, Options{ExifRotate: true})
	datatest.WantError(t, err, "a/2.png", "3×4", "4×3")
}

// A grey set in which a colour image turns up is decoded twice and counted once.
func TestExifCountedOnce(t *testing.T) {
	root := datatest.Unpack(t, datatest.File{Name: "a/1.png", Body: oriented(datatest.EncodePNG(patch(3, 3, true)), exif.Flip)},
		datatest.File{Name: "a/2.png", Body: oriented(datatest.EncodePNG(patch(3, 3, false)), exif.Mirror)})
	d := mustOpen(t, "folder:"+root, Options{})
	datatest.WantError(t, fmt.Errorf("%s", d.Notes), "2 of 2 images")
}

func TestExifRotateOfArrays(t *testing.T) {
	d := mustOpen(t, "shapes:size=16,train=3,test=2", Options{ExifRotate: true})
	datatest.WantError(t, fmt.Errorf("%s", d.Notes), "stored as pixels")
}

// What is advised where sizes differ prepares the images as they would have been opened.
func TestExifRotatePrepares(t *testing.T) {
	wide := datatest.EncodePNG(patch(4, 3, false))
	root := datatest.Unpack(t, datatest.File{Name: "a/1.png", Body: wide}, datatest.File{Name: "a/2.png", Body: oriented(wide, exif.Rotate90)})
	_, err := Open(context.Background(), "folder:"+root, Options{ExifRotate: true})
	datatest.WantError(t, err, `"repbench data prepare SET --size N --exif-rotate --out DIR"`)
	_, err = Open(context.Background(), "folder:"+root, Options{ExifRotate: true, FollowLinks: true, MaxBytes: 1})
	datatest.WantError(t, err, "more than the limit", `"repbench data prepare SET --size N --exif-rotate --follow-links --out DIR"`)
	mixed := datatest.Unpack(t, datatest.File{Name: "a/1.png", Body: wide}, datatest.File{Name: "a/2.png", Body: datatest.EncodePNG(patch(2, 2, false))})
	_, err = Open(context.Background(), "folder:"+mixed, Options{})
	datatest.WantError(t, err, `"repbench data prepare SET --size N --out DIR"`)
}
