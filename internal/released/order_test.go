package released

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// TestOrder: the expected values were computed with NumPy 1.24.2:
//
//	i = np.arange(n); np.random.RandomState(42).shuffle(i)
//	print(list(i), hashlib.sha256(i.astype('<i4').tobytes()).hexdigest())
func TestOrder(t *testing.T) {
	if got, want := Order(10), []int32{8, 1, 5, 0, 7, 2, 9, 4, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("order of 10 is %v, want %v", got, want)
	}
	svhn := Order(73_257) // the training images of SVHN
	for at, want := range map[int][]int32{
		0:              {18393, 25194, 45083, 1413, 69044, 72075},
		Validation - 2: {1985, 18948, 21133, 6418},
		73_253:         {6265, 54886, 860, 15795},
	} {
		if got := svhn[at : at+len(want)]; !slices.Equal(got, want) {
			t.Errorf("positions from %d hold %v, want %v", at, got, want)
		}
	}
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, svhn); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	if got := hex.EncodeToString(sum[:]); got != "4035d007e155818dedc76d967f369d6664026539605a0a51da8740a45b8c3988" {
		t.Errorf("SHA-256 of the order of 73,257 is %s", got)
	}
	for n := range 3 {
		got := Order(n)
		slices.Sort(got)
		if len(got) != n || n > 0 && (got[0] != 0 || got[n-1] != int32(n-1)) {
			t.Errorf("order of %d is %v", n, got)
		}
	}
}

// TestOrderGolden compares every position with the file that NumPy wrote.
func TestOrderGolden(t *testing.T) {
	path := testenv.Path(t, "golden", "svhn1000", "released_shuffle.npy")
	shape, want, err := npy.Read[int32](path)
	if err != nil {
		t.Fatal(err)
	}
	if got := Order(shape[0]); !slices.Equal(got, want) {
		t.Errorf("the order of %d differs from that of %s", shape[0], path)
	}
}
