package sheet

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"repbench/datasets"
)

// flat returns n images of h×w×c whose image i is the constant 10·(i+1)+channel.
func flat(n, h, w, c int) datasets.Images {
	im := datasets.Images{Data: make([]uint8, n*h*w*c), N: n, H: h, W: w, C: c}
	for i := range im.Data {
		im.Data[i] = uint8(10*(i/im.Stride()+1) + i%c)
	}
	return im
}

func TestSheetLayout(t *testing.T) {
	tests := []struct {
		name string
		im   datasets.Images
		o    Options
		size image.Point // columns·(W·scale+gap)+gap by rows·(H·scale+gap)+gap
		at   map[image.Point]color.Color
	}{
		{
			name: "default is near square with gap 2",
			im:   flat(5, 4, 6, 3), // ⌈√5⌉ = 3 columns, 2 rows
			size: image.Pt(3*8+2, 2*6+2),
			at: map[image.Point]color.Color{
				image.Pt(0, 0):   color.RGBA{255, 255, 255, 255}, // frame
				image.Pt(2, 2):   color.RGBA{10, 11, 12, 255},    // image 0
				image.Pt(7, 5):   color.RGBA{10, 11, 12, 255},    // its last pixel
				image.Pt(8, 2):   color.RGBA{255, 255, 255, 255}, // gap
				image.Pt(10, 2):  color.RGBA{20, 21, 22, 255},    // image 1
				image.Pt(2, 8):   color.RGBA{40, 41, 42, 255},    // image 3, second row
				image.Pt(19, 9):  color.RGBA{255, 255, 255, 255}, // empty cell
				image.Pt(25, 13): color.RGBA{255, 255, 255, 255},
			},
		},
		{
			name: "grey without gap at scale 3",
			im:   flat(2, 2, 2, 1),
			o:    Options{Columns: 2, Gap: new(0), Scale: 3},
			size: image.Pt(12, 6),
			at: map[image.Point]color.Color{
				image.Pt(5, 5): color.Gray{10},
				image.Pt(6, 0): color.Gray{20},
			},
		},
		{
			name: "more columns than images leaves white cells",
			im:   flat(1, 1, 1, 1),
			o:    Options{Columns: 3, Gap: new(1)},
			size: image.Pt(7, 3),
			at: map[image.Point]color.Color{
				image.Pt(1, 1): color.Gray{10},
				image.Pt(3, 1): color.Gray{255},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img, err := Draw(tt.im, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds().Size(); got != tt.size {
				t.Errorf("size %v, want %v", got, tt.size)
			}
			for p, want := range tt.at {
				if got := img.At(p.X, p.Y); got != want {
					t.Errorf("pixel %v is %v, want %v", p, got, want)
				}
			}
		})
	}
}

// A scaled sheet shows every pixel of an image scale² times.
func TestSheetShowsEveryPixel(t *testing.T) {
	im := datasets.Images{Data: make([]uint8, 3*5*7), N: 3, H: 5, W: 7, C: 1}
	for i := range im.Data {
		im.Data[i] = uint8(i)
	}
	img, err := Draw(im, Options{Gap: new(0), Columns: 3, Scale: 2})
	if err != nil {
		t.Fatal(err)
	}
	var count [256]int
	for _, v := range img.(*image.Gray).Pix {
		count[v]++
	}
	for v := range im.Data {
		if count[v] != 4 {
			t.Fatalf("pixel value %d is shown %d times, want 4", v, count[v])
		}
	}
}

func TestSheetErrors(t *testing.T) {
	ok := flat(1, 2, 2, 1)
	tests := []struct {
		name string
		im   datasets.Images
		o    Options
		want string
	}{
		{"no image", datasets.Images{}, Options{}, "no images"},
		{"two channels", datasets.Images{Data: make([]uint8, 8), N: 1, H: 2, W: 2, C: 2}, Options{}, "2 channels"},
		{"short data", datasets.Images{Data: make([]uint8, 3), N: 1, H: 2, W: 2, C: 1}, Options{}, "3 values"},
		{"product overflows", datasets.Images{N: math.MaxInt, H: math.MaxInt, W: 2, C: 1}, Options{}, "0 values"},
		{"negative columns", ok, Options{Columns: -1}, "Columns is -1"},
		{"negative gap", ok, Options{Gap: new(-2)}, "Gap is -2"},
		{"negative scale", ok, Options{Scale: -1}, "Scale is -1"},
		{"huge scale", ok, Options{Scale: 1 << 20}, "exceed"},
		{"huge columns", ok, Options{Columns: math.MaxInt}, "exceed"},
		{"both sides long", ok, Options{Columns: 1 << 14, Scale: 1 << 13}, "exceed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Draw(tt.im, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not contain %q", err, tt.want)
			}
		})
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(3, 2, 2, 3, 0, 0, 0)
	f.Add(1, 1, 1, 1, 5, -1, 4)
	f.Add(-1, 2, 3, 1, -5, -9, 1<<40)
	f.Fuzz(func(t *testing.T, n, h, w, c, columns, gap, scale int) {
		if size, ok := product(max(n, 1), max(h, 1), max(w, 1), max(c, 1)); !ok || size > 1<<16 {
			return
		}
		if columns > 64 || gap > 64 || scale > 8 {
			return
		}
		im := datasets.Images{Data: make([]uint8, max(n*h*w*c, 0)), N: n, H: h, W: w, C: c}
		img, err := Draw(im, Options{Columns: columns, Gap: &gap, Scale: scale})
		if err == nil && img.Bounds().Empty() {
			t.Error("an empty sheet without an error")
		}
	})
}
