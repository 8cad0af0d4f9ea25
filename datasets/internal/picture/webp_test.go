package picture

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// TestWebPEqualsPillow compares with the pixels that Pillow 9.4 reads, see
// testdata/webp/make.py.
func TestWebPEqualsPillow(t *testing.T) {
	files, err := filepath.Glob("testdata/webp/*.webp")
	if err != nil || len(files) != 5 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".webp") + ".png")
			if err != nil {
				t.Fatal(err)
			}
			if got := decodeAll(t, data, 3); !bytes.Equal(got, decodeAll(t, want, 3)) {
				t.Fatal("the pixels differ")
			}
		})
	}
}

func TestWebPRefuses(t *testing.T) {
	lossy, err := os.ReadFile("testdata/webp/lossy_odd.webp")
	if err != nil {
		t.Fatal(err)
	}
	alpha, err := os.ReadFile("testdata/webp/lossy_alpha.webp")
	if err != nil {
		t.Fatal(err)
	}
	// A bomb: the header says 10×12 pixels, the picture 16383×16383.
	bomb := bytes.Clone(alpha)
	at := bytes.Index(bomb, []byte("VP8 "))
	binary.LittleEndian.PutUint32(bomb[at+8+6:], 0x3fff3fff)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"another size", bomb, "16383×16383 pixels and its header says 10×12"},
		{"cut", lossy[:len(lossy)-4], "unexpected EOF"},
		{"no picture", alpha[:at], "no picture"},
		{"head alone", []byte("RIFF\x04\x00\x00\x00WEBP"), "webp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ImageConfig(tt.data)
			datatest.WantError(t, err, tt.want)
		})
	}
}
