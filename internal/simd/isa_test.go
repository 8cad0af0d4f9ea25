package simd

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	fast, slow := &kernels{isa: AVX2}, &kernels{isa: Portable}
	cases := []struct {
		name, want string
		isa        ISA
		err        string
	}{
		{"best by default", "", AVX2, ""},
		{"forced", "portable", Portable, ""},
		{"upper case", "AVX2", AVX2, ""},
		{"not on this machine", "avx512", AVX2, "this machine has avx2, portable"},
		{"no such set", "neon", AVX2, `"neon" is not available`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k, err := choose(c.want, []*kernels{fast, slow})
			if k.isa != c.isa {
				t.Errorf("got %s, want %s", k.isa, c.isa)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
}

func TestISANames(t *testing.T) {
	for isa, want := range map[ISA]string{Portable: "portable", AVX2: "avx2", AVX512: "avx512", 7: "ISA(7)", -1: "ISA(-1)"} {
		if isa.String() != want {
			t.Errorf("%d: %s, want %s", int(isa), isa, want)
		}
	}
}

// TestSupported: the tables are ordered best first and end with the portable one.
func TestSupported(t *testing.T) {
	s := supported()
	for i := 1; i < len(s); i++ {
		if s[i].isa >= s[i-1].isa {
			t.Errorf("%s before %s", s[i-1].isa, s[i].isa)
		}
	}
	if s[len(s)-1] != portable {
		t.Error("the portable table is not last")
	}
	if Problem() == nil && Level() != active.isa {
		t.Errorf("level %s, active %s", Level(), active.isa)
	}
}

func TestSpin(t *testing.T) {
	for _, k := range supported() {
		k.spin(3) // runs, and comes back
		if k.spinFlops <= 0 {
			t.Errorf("%s: %d operations a round", k.isa, k.spinFlops)
		}
	}
	if got, want := Spin(5), 5*active.spinFlops; got != want {
		t.Errorf("5 rounds are %d operations, want %d", got, want)
	}
}
