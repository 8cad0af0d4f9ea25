package simd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// avx512Only matches what exists only on processors with AVX-512: the registers from 16 on,
// which avo uses when a kernel needs more than 16, 512-bit registers, opmasks, and the
// instructions on doublewords that AVX2 names without a size.
var avx512Only = regexp.MustCompile(`\b[XY](1[6-9]|2[0-9]|3[01])\b|\bZ[0-9]+\b|\bK[0-7]\b|` +
	`^\s+V(PXOR|POR|PAND|PANDN|PTERNLOG|RNDSCALE|SCALEF|GETEXP|GETMANT|FIXUPIMM|BLENDM|PMOV[DQ]2M)\S*[DQS]\b`)

// TestAVX2KernelsAreAVX2 finds instructions that would end the process on a machine with AVX2
// alone; running the kernels on a machine with AVX-512 would never show them.
func TestAVX2KernelsAreAVX2(t *testing.T) {
	files, err := filepath.Glob("gen_*_amd64.s")
	if err != nil || len(files) == 0 {
		t.Fatalf("no generated assembly found: %v", err)
	}
	kernels := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, kernel := range strings.Split(string(text), "\nTEXT ")[1:] {
			name, body, _ := strings.Cut(kernel, "(SB)")
			if !strings.Contains(name, "AVX2") {
				continue
			}
			kernels++
			for _, line := range strings.Split(body, "\n") {
				if code, _, _ := strings.Cut(line, "//"); avx512Only.MatchString(code) {
					t.Errorf("%s: %s needs AVX-512: %s", file, name, strings.TrimSpace(code))
					break
				}
			}
		}
	}
	if kernels < 20 {
		t.Errorf("looked at %d kernels, there are more", kernels)
	}
}

func TestAVX512OnlyPattern(t *testing.T) {
	for code, want := range map[string]bool{
		"\tVMOVUPS Y15, Y16":                  true,
		"\tVMOVUPS (AX), Z3":                  true,
		"\tVPXORD X1, X1, X1":                 true,
		"\tKMOVW AX, K1":                      true,
		"\tVSCALEFPS Y0, Y1, Y2":              true,
		"\tVXORPS Y1, Y1, Y1":                 false,
		"\tVFMADD231PS 32(AX), Y15, Y14":      false,
		"\tVMOVUPS const3f800000<>+0(SB), Y1": false,
	} {
		if got := avx512Only.MatchString(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}
