package explore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/train/dcgan"
	"repbench/vis/invert"
)

// pictureOf is a PNG of w×h pixels, green on the right half, transparent on the left.
func pictureOf(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := w / 2; x < w; x++ {
			img.SetNRGBA(x, y, color.NRGBA{0, 200, 0, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The inversion of an uploaded picture is the inversion of its middle square, beside the inversion of sample 0.
func TestInvert(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p, Seed: 5, Command: Command{Spec: "r", Z: "z.npy", Seed: 5}})
	status, text := ask(t, url+"api/invert?steps=5&restarts=2&page=1", "image/png", pictureOf(t, 80, 40))
	if status != 200 {
		t.Fatalf("status %d, %s", status, text)
	}
	answer := decode[invertAnswer](t, text)
	file := filepath.Join(t.TempDir(), "array.npy")
	if err := os.WriteFile(file, answer.Array, 0o644); err != nil {
		t.Fatal(err)
	}
	shape, px, err := npy.Read[uint8](file)
	if err != nil || !slices.Equal(shape, []int{1, 32, 32, 3}) {
		t.Fatalf("array of shape %v, %v", shape, err)
	}
	if left, right := px[:3], px[31*3:32*3]; !slices.Equal(left, []uint8{255, 255, 255}) || !slices.Equal(right, []uint8{0, 200, 0}) {
		t.Errorf("the first row is from %v to %v; want white, where the picture is transparent, and green", left, right)
	}
	x := dcgan.Images{N: 1, H: 32, W: 32, C: 3}
	for _, v := range px {
		x.Data = append(x.Data, float32(v)/127.5-1)
	}
	want, err := invert.Run(t.Context(), g, x, "x", invert.Options{Steps: 5, Restarts: 2, Seed: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Another size of the batch changes the last bits, and 5 steps carry them on.
	if s, _ := answer.Result.Score("psnr"); math.Abs(s.Value-want[0].PSNR) > 1e-3 || s.Control == nil {
		t.Errorf("PSNR %g, want %g", s.Value, want[0].PSNR)
	}
	same(t, "the picture", answer.Rows[0].Images[:1], x, 0)
	if want := "repbench vis invert r --seed 5 --images picture.npy --steps 5 --restarts 2 --out invert.png"; answer.Command != want {
		t.Errorf("command %s, want %s", answer.Command, want)
	}
}

// TestUploads: what is no picture of a usual size is refused with a message.
func TestUploads(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p})
	good := pictureOf(t, 20, 20)
	var long bytes.Buffer
	if err := jpeg.Encode(&long, image.NewGray(image.Rect(0, 0, 16000, 2)), nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, query string
		body        []byte
		status      int
		says        string
	}{
		{"text", "", []byte("no picture"), 422, "neither a PNG nor a JPEG"},
		{"nothing", "", nil, 422, "it is empty"},
		{"a cut file", "", good[:len(good)-30], 422, "no picture that can be read"},
		{"a header alone", "", good[:8], 422, "no picture that can be read"},
		{"JPEG of nothing", "", []byte("\xff\xd8\xff\xd9"), 422, "no picture that can be read"},
		{"a page", "", []byte("<svg xmlns='x'/>"), 422, "choose a PNG or JPEG file"},
		{"more pixels than memory", "", claims(good, 60000, 60000), 422, "60000×60000 pixels"},
		{"a strip", "", long.Bytes(), 422, "sides are less unequal"},
		{"a huge upload", "", bytes.Repeat([]byte{0}, maxUpload+1), 413, "larger than 16 MiB"},
		{"no steps", "?steps=0", good, 422, "from 1 to 3000"},
		{"starts in words", "?restarts=many", good, 422, "restarts is"},
		{"a name of the page", "?page=" + strings.Repeat("x", 100), good, 400, "at most 64"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text := ask(t, url+"api/invert"+tt.query, "application/octet-stream", tt.body)
			if status != tt.status || !strings.Contains(text, tt.says) {
				t.Errorf("status %d, %.300s; want %d and %q", status, text, tt.status, tt.says)
			}
		})
	}
}

// claims changes the size in the header of a PNG.
func claims(data []byte, w, h uint32) []byte {
	out := slices.Clone(data)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

// Grey models see grey pictures.
func TestUploadedGrey(t *testing.T) {
	im, err := uploaded(pictureOf(t, 40, 40), 8, 1)
	if err != nil || im.C != 1 || len(im.Data) != 64 || im.Data[0] != 255 || im.Data[7] == 255 || im.Data[7] == 0 {
		t.Errorf("%v, %v", im, err)
	}
}

// FuzzUploaded: whatever is uploaded becomes an image or an error of the user's choice.
func FuzzUploaded(f *testing.F) {
	f.Add(pictureOf(f, 5, 3))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add(claims(pictureOf(f, 5, 3), 0, 7))
	f.Fuzz(func(t *testing.T, data []byte) {
		im, err := uploaded(data, 8, 3)
		if err == nil && len(im.Data) != 8*8*3 || err != nil && !errors.Is(err, errChoice) {
			t.Errorf("%d bytes, %v", len(im.Data), err)
		}
	})
}
