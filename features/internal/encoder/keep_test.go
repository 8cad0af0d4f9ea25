package encoder

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLearn learns once, and names a file that holds something else.
func TestLearn(t *testing.T) {
	k := Kept{Dir: t.TempDir()}
	learned := 0
	learn := func() ([]float64, error) { learned++; return []float64{1, 2, 3}, nil }
	for range 2 {
		got, err := k.Learn("a.npy", 3, learn)
		if err != nil || !slices.Equal(got, []float64{1, 2, 3}) {
			t.Fatalf("learned %v, error %v", got, err)
		}
	}
	if learned != 1 {
		t.Errorf("learned %d times", learned)
	}
	if _, err := k.Learn("a.npy", 4, learn); err == nil || !strings.Contains(err.Error(), "a.npy holds 3 values, want 4: remove it") {
		t.Errorf("another size: error %v", err)
	}
	if err := os.WriteFile(filepath.Join(k.Dir, "b.npy"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Learn("b.npy", 3, learn); err == nil || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("a damaged file: error %v", err)
	}
	if _, err := (Kept{}).Learn("a.npy", 3, learn); err != nil || learned != 2 {
		t.Errorf("without a folder: learned %d times, error %v", learned, err)
	}
}

// TestSums: sums go on from their file, which comes before the sums of an earlier
// version, and these before nothing; earlier sums of another size are no sums of these.
func TestSums(t *testing.T) {
	k := Kept{Dir: t.TempDir(), Earlier: []float64{7, 1, 2}}
	for _, tt := range []struct {
		size    int
		batches int
		values  []float64
	}{{3, 0, []float64{0, 0, 0}}, {2, 7, []float64{1, 2}}} {
		s, err := k.Sums("sums.npy", tt.size)
		if err != nil || s.Batches != tt.batches || !slices.Equal(s.Values, tt.values) {
			t.Fatalf("%d sums: %+v, error %v", tt.size, s, err)
		}
	}
	s, err := k.Sums("sums.npy", 2)
	if err != nil {
		t.Fatal(err)
	}
	s.Batches, s.Values[1] = 8, 5
	if err := s.SaveSometimes(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(k.Dir, "sums.npy")); err == nil {
		t.Error("saved at once, not once in a while")
	}
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if s, err = k.Sums("sums.npy", 2); err != nil || s.Batches != 8 || s.Values[1] != 5 {
		t.Errorf("read again: %+v, error %v", s, err)
	}
}
