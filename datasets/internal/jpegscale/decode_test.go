package jpegscale

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/testenv"
)

// expectation is a line of the lists that testdata/pillow.py writes.
type expectation struct {
	file string
	size [4]string // W×H at 1, 1/2, 1/4, 1/8
	hash [4]string
}

func expectations(t testing.TB, list string) []expectation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", list))
	if err != nil {
		t.Fatal(err)
	}
	var out []expectation
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Fields(line)
		e := expectation{file: f[0]}
		for i := range 4 {
			e.size[i], e.hash[i] = f[1+2*i], f[2+2*i]
		}
		out = append(out, e)
	}
	return out
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// compare decodes a file at all scales and compares the pixels with Pillow's.
func compare(t *testing.T, d *Decoder, data []byte, e expectation) {
	t.Helper()
	for i, scale := range []int{1, 2, 4, 8} {
		im, err := d.Decode(data, scale)
		if err != nil {
			t.Errorf("%s at 1/%d: %v", e.file, scale, err)
			return
		}
		if got := fmt.Sprintf("%dx%d", im.W, im.H); got != e.size[i] {
			t.Errorf("%s at 1/%d: %s, want %s", e.file, scale, got, e.size[i])
		}
		if sum := sha256.Sum256(im.Pix); hex.EncodeToString(sum[:]) != e.hash[i] {
			t.Errorf("%s at 1/%d: not Pillow's pixels", e.file, scale)
		}
	}
}

// Pixels are those of Pillow 9.4 with libjpeg-turbo 2.1.5, at every scale.
func TestDecodeEqualsPillow(t *testing.T) {
	var d Decoder // shared: the next file must not depend on the previous one
	all := expectations(t, "pillow.txt")
	if len(all) < 30 {
		t.Fatalf("only %d files", len(all))
	}
	for _, e := range all {
		compare(t, &d, read(t, filepath.Join("testdata", e.file)), e)
	}
}

// The same for the photographs of the shared folder.
func TestDecodeEqualsPillowOnPhotographs(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes photographs")
	}
	dir := testenv.Path(t, "data", "imagenet-sample")
	var d Decoder
	for _, e := range expectations(t, "photographs.txt") {
		compare(t, &d, read(t, filepath.Join(dir, e.file)), e)
	}
}

// A region has the pixels of the whole image, for any earlier use of the decoder.
func TestDecodeRegion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var d Decoder
	for _, e := range expectations(t, "pillow.txt") {
		data := read(t, filepath.Join("testdata", e.file))
		for _, scale := range []int{1, 2, 4, 8} {
			want, err := new(Decoder).Decode(data, scale)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				r := image.Rect(rng.IntN(want.W), rng.IntN(want.H), rng.IntN(want.W+1), rng.IntN(want.H+1))
				got, err := d.DecodeRegion(data, scale, r)
				if err != nil || got.W != want.W || got.H != want.H {
					t.Fatalf("%s: %d×%d, %v", e.file, got.W, got.H, err)
				}
				for y := r.Min.Y; y < r.Max.Y; y++ {
					lo, hi := (y*got.W+r.Min.X)*got.C, (y*got.W+r.Max.X)*got.C
					if !bytes.Equal(got.Pix[lo:hi], want.Pix[lo:hi]) {
						t.Errorf("%s at 1/%d: row %d of %v differs", e.file, scale, y, r)
						break
					}
				}
				for _, c := range d.comps[:d.n] { // traces for the next file to step into
					for i := range c.plane {
						c.plane[i] = 77
					}
				}
			}
		}
	}
}

// The short form of the transform gives the same result as the long one.
func TestInverseCorner(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var a, b [64]int32
		for _, at := range zigzag[:corner] {
			a[at] = int32(rng.IntN(2001) - 1000)
		}
		b = a
		short, long := make([]uint8, 64), make([]uint8, 64)
		inverse(short, 8, 8, &a, corner-1)
		inverse(long, 8, 8, &b, 63)
		if !bytes.Equal(short, long) {
			t.Fatalf("%v\n%v", short, long)
		}
	}
}

func sample(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(7 * x), uint8(5 * y), uint8(x * y), 255})
		}
	}
	return m
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file cut anywhere is an error, except for the end mark of a whole baseline image.
func TestTruncatedFiles(t *testing.T) {
	for _, file := range []string{"61x45_2_baseline.jpg", "61x45_2_progressive.jpg", "61x45_grey_baseline.jpg"} {
		data := read(t, filepath.Join("testdata", file))
		var d Decoder
		for cut := 0; cut < len(data)-2; cut += 1 + cut/60 { // every byte at the start
			if _, err := d.Decode(data[:cut], 1); err == nil {
				t.Fatalf("%s: its first %d of %d bytes decode", file, cut, len(data))
			}
		}
		if _, err := d.Decode(data[:len(data)-2], 1); (err == nil) != strings.Contains(file, "baseline") {
			t.Errorf("%s without its end mark: %v", file, err)
		}
	}
}

func TestUnsupported(t *testing.T) {
	data := encode(t, sample(20, 20))
	sof := bytes.Index(data, []byte{0xff, sof0})
	change := func(at int, v byte, more ...byte) []byte { // more: another position and value
		out := bytes.Clone(data)
		out[sof+at] = v
		if len(more) > 0 {
			out[sof+int(more[0])] = more[1]
		}
		return out
	}
	for _, tt := range []struct {
		name, want string
		data       []byte
		other      bool // damaged, not unsupported
	}{
		{"arithmetic", "type 0xc9", change(1, 0xc9), false},
		{"lossless", "type 0xc3", change(1, 0xc3), false},
		{"12 bits", "12 bits", change(4, 12), false},
		{"height at the end", "height", append(bytes.Clone(change(6, 0)[:sof+5]), append([]byte{0, 0}, data[sof+7:]...)...), false},
		{"odd sampling", "divide", change(11, 0x32, 14, 0x21), false},
		{"four factors", "sampling 5×2", change(11, 0x52), true},
		{"no table", "quantisation table 3 is missing", change(12, 3), true},
		{"huge", "65535×65535", append(bytes.Clone(data[:sof+5]), append([]byte{255, 255, 255, 255}, data[sof+9:]...)...), true},
		{"empty", "start", nil, true},
		{"a PNG", "start", []byte("\x89PNG\r\n\x1a\n"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := new(Decoder).Decode(tt.data, 1)
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, ErrUnsupported) == tt.other {
				t.Errorf("error %v; want one that says %q, unsupported %v", err, tt.want, !tt.other)
			}
		})
	}
	if _, err := new(Decoder).Decode(data, 3); err == nil || !strings.Contains(err.Error(), "scale is 3") {
		t.Errorf("scale 3: %v", err)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	var d Decoder
	data := encode(t, sample(64, 48))
	if n := testing.AllocsPerRun(5, func() {
		if _, err := d.Decode(data, 2); err != nil {
			t.Fatal(err)
		}
	}); n > 3 { // closures that know the scan
		t.Errorf("%v allocations per image", n)
	}
}

// A file that ends inside a block does not affect the next file.
func TestDecodeAfterDamage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*_2_baseline.jpg"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		whole := read(t, file)
		want, err := new(Decoder).Decode(whole, 1)
		if err != nil {
			t.Fatal(err)
		}
		var used Decoder
		for at := len(whole) / 3; at < len(whole); at += 7 {
			broken := bytes.Clone(whole)
			broken[at] ^= 0x5a
			used.Decode(broken, 1)
			got, err := used.Decode(whole, 1)
			if err != nil || !bytes.Equal(got.Pix, want.Pix) {
				t.Fatalf("%s differs after a copy with a wrong byte %d (%v)", file, at, err)
			}
		}
	}
}

// FuzzDecode: any input gives the right number of pixels or an error, and the same result with
// a decoder that was used before.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.jpg"))
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range files {
		if data := read(f, file); len(data) < 3000 {
			f.Add(data, uint8(i))
		}
	}
	var used Decoder
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		if cfg, err := jpeg.DecodeConfig(bytes.NewReader(data)); err == nil && cfg.Width*cfg.Height > 1<<18 {
			return // sound or not, it only takes time
		}
		scale := 1 << (which & 3)
		im, err := used.Decode(data, scale)
		again, err2 := new(Decoder).Decode(data, scale)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%v, and %v with a new decoder", err, err2)
		}
		if err == nil && (len(im.Pix) != im.W*im.H*im.C || !bytes.Equal(im.Pix, again.Pix)) {
			t.Fatalf("%d bytes for %d×%d×%d pixels, or others with a new decoder", len(im.Pix), im.W, im.H, im.C)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(testenv.Path(b, "data", "imagenet-sample"), "*.JPEG"))
	var all [][]byte
	for _, f := range files {
		all = append(all, read(b, f))
	}
	for _, scale := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprintf("scale=%d", scale), func(b *testing.B) {
			var d Decoder
			n := 0
			for b.Loop() {
				for _, data := range all {
					if _, err := d.Decode(data, scale); err == nil {
						n++
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
