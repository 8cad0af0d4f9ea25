package dcgan

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/train"
)

// greyData returns n grey images of the given side.
func greyData(n, side int) train.Data {
	im := datasets.Images{Data: make([]uint8, n*side*side), N: n, H: side, W: side, C: 1}
	for i := range im.Data {
		im.Data[i] = uint8(i * 7)
	}
	return train.Data{Images: im, Name: "grey", Source: "test", Hash: "0"}
}

// TestGreyImages trains each architecture on images of one channel, resumes the run, loads it
// and samples from it.
func TestGreyImages(t *testing.T) {
	b := cpu(t)
	for _, name := range ArchNames() {
		t.Run(name, func(t *testing.T) {
			rgb, err := NewArch(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			a, err := rgb.WithChannels(1)
			if err != nil {
				t.Fatal(err)
			}
			if last := rgb.Generator[len(rgb.Generator)-1].Maps; rgb.Channels != 3 || last != 3 {
				t.Fatalf("the architecture for RGB images now has %d channels and makes %d", rgb.Channels, last)
			}
			run := t.TempDir()
			d := greyData(4, a.ImageSize)
			for _, steps := range []int64{2, 4} {
				o := Options{Arch: a, Batch: 2, Steps: steps, Samples: 2}
				if _, err := Run(context.Background(), run, d, b, o); err != nil {
					t.Fatal(err)
				}
			}
			if c, err := ReadConfig(run); err != nil || c.Channels != 1 {
				t.Fatalf("config.json says %d channels, %v", c.Channels, err)
			}
			m, err := Load(run, b)
			if err != nil {
				t.Fatal(err)
			}
			im, err := m.Sample(b, a.Prior.DrawZ(2, a.ZDim, 1), 2)
			if err != nil || im.C != 1 || im.H != a.ImageSize || len(im.Data) != 2*a.ImageSize*a.ImageSize {
				t.Fatalf("sampled %d×%d×%d, %d values, %v", im.H, im.W, im.C, len(im.Data), err)
			}
			_, err = Run(context.Background(), run, train.Data{Images: datasets.Images{Data: make([]uint8, 4*3*a.ImageSize*a.ImageSize), N: 4, H: a.ImageSize, W: a.ImageSize, C: 3}, Name: "grey", Hash: "0"}, b,
				Options{Arch: rgb, Batch: 2, Steps: 6, Samples: 2})
			if err == nil || !strings.Contains(err.Error(), "channels is 3, was 1") {
				t.Errorf("the run for grey images goes on with RGB images: %v", err)
			}
		})
	}
	if _, err := tinyArch(t).WithChannels(2); err == nil || !strings.Contains(err.Error(), "1 (grey) or 3 (RGB)") {
		t.Errorf("two channels: %v", err)
	}
}

// A run of a version that knew only RGB images, whose config.json names no channels, is resumed
// to the same bytes and is loaded.
func TestRunWithoutChannels(t *testing.T) {
	b := cpu(t)
	o := tinyOptions(t, 4)
	whole, old := t.TempDir(), t.TempDir()
	for _, run := range []string{whole, old} {
		if _, err := Run(context.Background(), run, tinyData(9), b, o); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(old, "config.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if c["channels"] != 3.0 {
		t.Fatalf("config.json says %v channels, want 3", c["channels"])
	}
	delete(c, "channels")
	if text, err = json.Marshal(c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if m, err := Load(old, b); err != nil || m.Arch.Channels != 3 {
		t.Fatalf("load: %v", err)
	}
	o.Steps = 8
	for _, run := range []string{whole, old} {
		if s, err := Run(context.Background(), run, tinyData(9), b, o); err != nil || s.Resumed != 4 {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	sameCheckpoint(t, lastCheckpoint(t, old), lastCheckpoint(t, whole))
}

// TestCheckImages checks that the error says how to make images that fit.
func TestCheckImages(t *testing.T) {
	grey, err := tinyArch(t).WithChannels(1)
	if err != nil {
		t.Fatal(err)
	}
	const prepare = `"repbench data prepare SET --size 32 --out DIR"`
	tests := []struct {
		name     string
		arch     Arch
		h, w, c  int
		want     []string
		unwanted string
	}{
		{"fits", tinyArch(t), 32, 32, 3, nil, ""},
		{"grey fits", grey, 32, 32, 1, nil, ""},
		{"grey", tinyArch(t), 32, 32, 1, []string{"set has 32×32×1", "as they are with --channels 1"}, "prepare"},
		{"oblong", tinyArch(t), 20, 32, 3, []string{"set has 20×32×3", prepare, "prepared:DIR"}, "--channels"},
		{"digits", tinyArch(t), 28, 28, 1, []string{prepare, "grey image files into RGB", "--channels 1"}, ""},
		{"colour", grey, 32, 32, 3, []string{"svhn32 wants images of 32×32×1", "in colour", "--size 32 --channels 1 --out DIR"}, ""},
		{"grey, another size", grey, 28, 28, 1, []string{"--size 32 --channels 1 --out DIR"}, "colour"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.arch.CheckImages("set", datasets.Images{H: tt.h, W: tt.w, C: tt.c})
			if (err == nil) != (tt.want == nil) {
				t.Fatal(err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if tt.unwanted != "" && strings.Contains(err.Error(), tt.unwanted) {
				t.Errorf("%q says %q", err, tt.unwanted)
			}
		})
	}
}
