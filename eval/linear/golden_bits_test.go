package linear

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	goldenfile "repbench/internal/golden"
	"repbench/internal/simd"
)

const bitsFile = "testdata/solver_bits.txt"

// TestGoldenBits holds the solver to the bits of every objective, its Newton steps,
// iterations and passes, on the portable kernels, whatever the machine has: the test
// runs itself again with them. A change of the arrangement must not change a bit; one
// of the numerics is written with -update and read as a diff. Go fuses multiplications
// and additions on other processors, so the bits hold for amd64.
func TestGoldenBits(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the bits hold for amd64")
	}
	if simd.Level() == simd.Portable {
		compareBits(t)
		return
	}
	args := []string{"-test.run=^TestGoldenBits$", "-test.count=1", "-test.v"}
	if goldenfile.Updating() {
		args = append(args, "-update")
	}
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), simd.EnvISA+"=portable")
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestGoldenBits") {
		t.Errorf("on the portable kernels: %v\n%s", err, out)
	}
}

func compareBits(t *testing.T) { goldenfile.Compare(t, bitsFile, solverBits(t)) }

// solverBits is a line per problem, kind of fit and cost.
func solverBits(t *testing.T) string {
	var b strings.Builder
	problems := problemsUnderTest()
	names := make([]string, 0, len(problems))
	for name := range problems {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := problems[name]
		for how, o := range kindsOfFit() {
			for _, f := range fit(t, p, o) {
				fmt.Fprintf(&b, "%s, %s, C=%g: %d steps, %d iterations, %d passes, objectives", name, how, f.C, f.Iterations, f.CGIterations, f.Passes)
				for _, v := range f.ObjectivePerClass {
					fmt.Fprintf(&b, " %016x", math.Float64bits(v))
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// kindsOfFit goes through the ways to fit that take different products, in one order.
func kindsOfFit() func(yield func(string, Options) bool) {
	return func(yield func(string, Options) bool) {
		tiles := simd.MatrixByteTiles()
		_ = yield("path", Options{C: costs}) &&
			yield("alone", Options{C: []float64{1}}) &&
			yield("bytes", Options{C: []float64{1e-2, 1}, tile: tiles[len(tiles)-1]})
	}
}
