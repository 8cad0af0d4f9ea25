package picture

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"os"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// decodeAll decodes a file to pixels.
func decodeAll(t *testing.T, data []byte, channels int) []uint8 {
	t.Helper()
	cfg, err := ImageConfig(data)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]uint8, cfg.Width*cfg.Height*channels)
	var d Decoder
	if err := d.Decode(dst, data, channels); err != nil {
		t.Fatal(err)
	}
	return dst
}

// gradient fills any drawable image with a pattern of many colours.
func gradient(m interface {
	image.Image
	Set(x, y int, c color.Color)
}) image.Image {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			m.Set(x, y, color.NRGBA{uint8(40 * x), uint8(30 * y), uint8(200 - 20*x), 255})
		}
	}
	return m
}

// TestDecodePNGForms compares every form of PNG with the colours reported by the image, 8 bits
// per channel.
func TestDecodePNGForms(t *testing.T) {
	r := image.Rect(0, 0, 5, 3)
	var web color.Palette
	for i := range 216 {
		web = append(web, color.NRGBA{uint8(i / 36 * 51), uint8(i / 6 % 6 * 51), uint8(i % 6 * 51), 255})
	}
	tests := []struct {
		name string
		m    image.Image
	}{
		{"RGB", gradient(image.NewRGBA(r))},
		{"NRGBA", gradient(image.NewNRGBA(r))},
		{"16 bits", gradient(image.NewNRGBA64(r))},
		{"16 bits opaque", gradient(image.NewRGBA64(r))},
		{"palette", gradient(image.NewPaletted(r, web))},
		{"grey", gradient(image.NewGray(r))},
		{"grey 16 bits", gradient(image.NewGray16(r))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decodeAll(t, datatest.EncodePNG(tt.m), 3)
			for i := range 15 {
				cr, cg, cb, _ := tt.m.At(i%5, i/5).RGBA()
				if want := []uint8{uint8(cr >> 8), uint8(cg >> 8), uint8(cb >> 8)}; !bytes.Equal(got[3*i:3*i+3], want) {
					t.Fatalf("pixel %d: got %v, want %v", i, got[3*i:3*i+3], want)
				}
			}
		})
	}
}

func TestDecodeDropsAlpha(t *testing.T) {
	data := datatest.PNG(1, 1, color.NRGBA{200, 100, 50, 128}, false)
	// Pillow 9.4: Image.open(…).convert("RGB") gives (200, 100, 50).
	if got := decodeAll(t, data, 3); !bytes.Equal(got, []uint8{200, 100, 50}) {
		t.Fatalf("got %v", got)
	}
}

func TestDecodeGreyToOneChannel(t *testing.T) {
	g := image.NewGray16(image.Rect(0, 0, 2, 1))
	g.SetGray16(0, 0, color.Gray16{0x1234})
	g.SetGray16(1, 0, color.Gray16{0xffff})
	if got := decodeAll(t, datatest.EncodePNG(g), 1); !bytes.Equal(got, []uint8{0x12, 0xff}) {
		t.Fatalf("got %v", got)
	}
	if got := decodeAll(t, datatest.PNG(2, 1, color.NRGBA{R: 9}, true), 1); !bytes.Equal(got, []uint8{9, 9}) {
		t.Fatalf("got %v", got)
	}
}

// subsampled makes a YCbCr image with a chroma edge, for each subsampling.
func subsampled(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
	for i := range m.Y {
		m.Y[i] = uint8(7 * i)
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(50*i), uint8(255-40*i)
	}
	return m
}

// TestChromaWithoutInterpolation: at full chroma resolution, and for images too narrow for
// libjpeg to interpolate, each pixel equals package color's conversion of its samples, within
// the one level by which the two roundings differ.
func TestChromaWithoutInterpolation(t *testing.T) {
	const rounding = 1
	for _, tt := range []struct {
		w     int
		ratio image.YCbCrSubsampleRatio
	}{
		{7, image.YCbCrSubsampleRatio444}, {7, image.YCbCrSubsampleRatio440}, {7, image.YCbCrSubsampleRatio411},
		{7, image.YCbCrSubsampleRatio410}, {4, image.YCbCrSubsampleRatio420}, {1, image.YCbCrSubsampleRatio420}, {3, image.YCbCrSubsampleRatio422},
	} {
		t.Run(fmt.Sprint(tt.ratio, tt.w), func(t *testing.T) {
			m := subsampled(tt.w, 5, tt.ratio)
			got := make([]uint8, 3*tt.w*5)
			var d Decoder
			d.fromYCbCr(got, m)
			for i := range tt.w * 5 {
				c := m.YCbCrAt(i%tt.w, i/tt.w)
				r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
				for k, want := range []uint8{r, g, b} {
					if diff := int(got[3*i+k]) - int(want); diff < -rounding || diff > rounding {
						t.Fatalf("pixel %d channel %d: got %d, want %d", i, k, got[3*i+k], want)
					}
				}
			}
		})
	}
}

// TestFancyUpsampling compares the triangle filters with values computed by hand from the
// formulas in libjpeg's jdsample.c.
func TestFancyUpsampling(t *testing.T) {
	out := make([]uint8, 6)
	fancyH2V1(out, []uint8{0, 100, 200})
	// ends (3·0+0+1)/4 and (3·200+200+2)/4, inside (3·this+left+1)/4, (3·this+right+2)/4
	if want := []uint8{0, 25, 75, 125, 175, 200}; !bytes.Equal(out, want) {
		t.Errorf("h2v1: got %v, want %v", out, want)
	}
	fancyH2V2(out, []uint8{0, 100, 200}, []uint8{40, 60, 80})
	// column sums 3·near+far = 40, 360, 680; then (3·this+other+8 or 7)/16, ends this·4
	if want := []uint8{10, 30, 70, 110, 150, 170}; !bytes.Equal(out, want) {
		t.Errorf("h2v2: got %v, want %v", out, want)
	}
}

// TestOddSizes decodes every small size with each interpolated subsampling: no sample outside
// the planes is accessed.
func TestOddSizes(t *testing.T) {
	for w := 1; w < 20; w++ {
		for h := 1; h < 6; h++ {
			for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422} {
				var d Decoder
				d.fromYCbCr(make([]uint8, 3*w*h), subsampled(w, h, ratio))
			}
			decodeAll(t, datatest.EncodeJPEG(gradient(image.NewNRGBA(image.Rect(0, 0, w, h)))), 3)
		}
	}
}

// pillowMean and pillowMax bound the difference from Pillow's pixels in grey levels: only the
// two inverse cosine transforms differ, by their rounding.
const (
	pillowMean = 0.05
	pillowMax  = 3
)

// TestDecodeAgreesWithPillow compares the first CIFAR-10 test images with Pillow
// 9.4's pixels. With repeated chroma the mean difference is 1.3.
func TestDecodeAgreesWithPillow(t *testing.T) {
	shape, want, err := npy.Read[uint8](testenv.Path(t, "golden", "svhn_dcgan", "images_u8_nhwc.npy"))
	if err != nil {
		t.Fatal(err)
	}
	files := firstFiles(t, testenv.Path(t, "data", "cifar10-jpeg.tar.gz"), shape[0])
	total, worst := 0, 0
	for i, data := range files {
		for j, v := range decodeAll(t, data, 3) {
			diff := int(v) - int(want[i*32*32*3+j])
			total, worst = total+max(diff, -diff), max(worst, diff, -diff)
		}
	}
	mean := float64(total) / float64(len(want))
	t.Logf("mean difference %.4f, largest %d", mean, worst)
	if mean > pillowMean || worst > pillowMax {
		t.Fatalf("mean difference %.4f, largest %d", mean, worst)
	}
}

// firstFiles returns the first n images of an archive packed in order.
func firstFiles(t *testing.T, path string, n int) (files [][]byte) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(z); len(files) < n; {
		h, err := tr.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".jpg") {
			continue
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	return files
}

func TestCMYK(t *testing.T) {
	var d Decoder
	m := image.NewCMYK(image.Rect(0, 0, 1, 1))
	m.Pix = []uint8{0, 255, 255, 0} // full magenta and yellow: red
	got := make([]uint8, 3)
	d.convert(got, m, 3)
	if !bytes.Equal(got, []uint8{255, 0, 0}) {
		t.Fatalf("got %v", got)
	}
}

// claims returns a PNG with w×h in a header with a valid checksum.
func claims(w, h uint32) []byte {
	data := datatest.Dot(1)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestImageConfigRefuses(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"text", []byte("GIF89a"), "neither JPEG, PNG nor WebP"},
		{"too wide", claims(1<<16, 1), "65536×1"},
		{"too many pixels", claims(1<<14, 1<<14), "16384×16384"},
		{"cut PNG", datatest.Dot(1)[:20], "unexpected EOF"},
		{"cut JPEG", []byte("\xff\xd8\xff\xe0"), "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ImageConfig(tt.data)
			datatest.WantError(t, err, tt.want)
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	var d Decoder
	if err := d.Decode(make([]uint8, 3), datatest.Dot(1), 3); err == nil {
		t.Fatal("2×2 pixels fit in one")
	}
	cut := datatest.Dot(1)
	datatest.WantError(t, d.Decode(make([]uint8, 12), cut[:len(cut)-20], 3), "unexpected EOF")
	if err := d.Decode(nil, []byte("x"), 3); err == nil {
		t.Fatal("foreign file decoded")
	}
}

func BenchmarkDecodeJPEG32(b *testing.B) {
	data := datatest.EncodeJPEG(gradient(image.NewNRGBA(image.Rect(0, 0, 32, 32))))
	dst := make([]uint8, 32*32*3)
	var d Decoder
	for b.Loop() {
		if err := d.Decode(dst, data, 3); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

// FuzzImage: any bytes give pixels or an error, with memory bounded by the header.
func FuzzImage(f *testing.F) {
	f.Add(datatest.Dot(1))
	f.Add(datatest.Dot(1)[:50])
	f.Add(datatest.EncodeJPEG(image.NewRGBA(image.Rect(0, 0, 9, 5))))
	f.Add(datatest.EncodeJPEG(image.NewGray(image.Rect(0, 0, 9, 5))))
	f.Add(claims(1<<14, 1<<14))
	for _, name := range []string{"lossy_odd", "lossy_alpha", "lossless"} {
		data, err := os.ReadFile("testdata/webp/" + name + ".webp")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := ImageConfig(data)
		if err != nil || cfg.Width*cfg.Height > 1<<20 {
			return
		}
		for _, channels := range []int{1, 3} {
			var d Decoder
			_ = d.Decode(make([]uint8, cfg.Width*cfg.Height*channels), data, channels)
		}
	})
}
