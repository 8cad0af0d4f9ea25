package linear

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/simd"
)

// hugeValues draws rows of five classes around random centres, n to train on and n to
// test with, and multiplies a few of the values to train on by 1e4. These decide the
// Hessian, and the sample of the preconditioner holds only some of them.
func hugeValues(n, d, few int, seed uint64) (train, test matrixtest.Problem) {
	all := matrixtest.Centres(2*n, d, 5, seed)
	rng := rand.New(rand.NewPCG(seed, 8))
	for range few {
		all.X.Data[rng.IntN(n*d)] *= 1e4
	}
	part := func(lo, hi int) matrixtest.Problem {
		return matrixtest.Problem{Classes: all.Classes, Y: all.Y[lo:hi], X: matrix.View{Data: all.X.Data[lo*d : hi*d], N: hi - lo, D: d}}
	}
	return part(0, n), part(n, 2*n)
}

// TestHugeValues compares objectives and right answers with those of the float64
// reference where a few values are huge, with Hessian products from floats and from
// bytes, and on each instruction set that this machine has. A fit that ends with the
// first step that promises little is up to 1e-4 above the minimum there, at another
// point on each instruction set.
func TestHugeValues(t *testing.T) {
	t.Logf("instruction set: %s", simd.Level())
	for _, tt := range []struct {
		n, d, few int
		seed      uint64
		c         float64
	}{
		{400, 32, 20, 3, 1e-6},
		{600, 32, 5, 6, 1e-6},
		{800, 48, 5, 5, 1e-7},
		{800, 48, 20, 2, 1e-6},
		{800, 48, 5, 4, 1e-6},
		{1000, 32, 5, 5, 1e-6},
	} {
		t.Run(fmt.Sprintf("n=%d/d=%d/few=%d/C=%g", tt.n, tt.d, tt.few, tt.c), func(t *testing.T) {
			train, test := hugeValues(tt.n, tt.d, tt.few, tt.seed)
			want := make([]float64, train.Classes)
			best := NewModel(train.Classes, tt.d)
			for k := range want {
				var w []float64
				want[k], w = referenceSolution(t, train, int32(k), tt.c)
				copy(best.weights(k), w)
				best.B[k] = w[tt.d]
			}
			for how, tile := range map[string]*simd.ByteTile{"floats": nil, "bytes": simd.MatrixByteTiles()[0]} {
				f := fit(t, train, Options{C: []float64{tt.c}, tile: tile})[0]
				if !f.Converged {
					t.Errorf("%s: %v", how, f.Warnings)
				}
				for k, got := range f.ObjectivePerClass {
					if !(matrixtest.Relative(got, want[k]) <= objectiveTolerance) {
						t.Errorf("%s: class %d: objective %.12g, want %.12g (%.1e off)", how, k, got, want[k], matrixtest.Relative(got, want[k]))
					}
				}
				if got, right := rightAnswers(t, f.Model, test), rightAnswers(t, best, test); got != right {
					t.Errorf("%s: %d right answers, the reference has %d", how, got, right)
				}
			}
		})
	}
	if os.Getenv(simd.EnvISA) == "" {
		onOtherSets(t, "TestHugeValues")
	}
}

// rightAnswers counts them on the rows of p.
func rightAnswers(t *testing.T, m *Model, p matrixtest.Problem) int {
	t.Helper()
	predicted, err := m.Predict(context.Background(), p.X, 1)
	if err != nil {
		t.Fatal(err)
	}
	return int(share(predicted, p.Y)*float64(len(p.Y)) + 0.5)
}

// onOtherSets runs the test again, in a process of its own, with each smaller
// instruction set. The test logs which one it runs with.
func onOtherSets(t *testing.T, name string) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for isa := simd.Portable; isa < simd.Level(); isa++ {
		t.Run(isa.String(), func(t *testing.T) {
			cmd := exec.Command(program, "-test.run", "^"+name+"$", "-test.v")
			cmd.Env = append(os.Environ(), simd.EnvISA+"="+isa.String())
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "instruction set: "+isa.String()) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
