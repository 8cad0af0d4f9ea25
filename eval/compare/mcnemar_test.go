package compare

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// tailTolerance is the relative error of halfTail: rounding of log-gamma, whose
// value is about n ln n, times the machine's epsilon.
const tailTolerance = 1e-10

func TestMcNemarClosedForms(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		onlyA, onlyB         int
		exact, mid, chi, asy float64
	}{
		// Without discordant rows there is no evidence against equality.
		{"no discordant rows", 0, 0, 1, 1, 0, 1},
		// Half of the point probability, 20/64, is subtracted.
		{"balanced", 3, 3, 1, 1 - 10./64, 0, 1},
		// 2·(1/2)^5, and the same minus (1/2)^5.
		{"one-sided", 0, 5, 2. / 32, 1. / 32, 5, math.Erfc(math.Sqrt(2.5))},
		// (1+10)/1024 is the tail, 10/1024 the point.
		{"nine to one", 9, 1, 22. / 1024, 12. / 1024, 6.4, math.Erfc(math.Sqrt(3.2))},
		// Fagerland and others 2013, table 1 (airway hyper-responsiveness): 0.070, 0.039, and
		// 0.034 for the asymptotic test.
		{"Fagerland 2013", 1, 7, 18. / 256, 10. / 256, 4.5, math.Erfc(1.5)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, m := range []McNemar{NewMcNemar(tt.onlyA, tt.onlyB), NewMcNemar(tt.onlyB, tt.onlyA)} {
				for i, pair := range [][2]float64{{m.Exact, tt.exact}, {m.MidP, tt.mid}, {m.ChiSquare, tt.chi}, {m.Asymptotic, tt.asy}, {m.P, tt.exact}} {
					if math.Abs(pair[0]-pair[1]) > tailTolerance*pair[1] {
						t.Errorf("figure %d: %.12g, want %.12g", i, pair[0], pair[1])
					}
				}
			}
		})
	}
}

// Compare the tail with sums of binomial coefficients in whole numbers.
func TestHalfTailAgainstWholeNumbers(t *testing.T) {
	for _, tt := range [][2]int{{0, 1}, {2, 9}, {40, 100}, {450, 1000}, {300, 1000}, {4900, 10000}} {
		k, n := tt[0], tt[1]
		sum, term := big.NewInt(1), big.NewInt(1)
		for j := range int64(k) {
			term.Mul(term, big.NewInt(int64(n)-j)).Div(term, big.NewInt(j+1))
			sum.Add(sum, term)
		}
		want, _ := new(big.Float).SetMantExp(new(big.Float).SetInt(sum), -n).Float64()
		got, _ := halfTail(k, n)
		if math.Abs(got-want) > tailTolerance*want {
			t.Errorf("P(X ≤ %d), n = %d: %.15g, want %.15g", k, n, got, want)
		}
	}
}

// Above ExactMax the chi-square is used, and Method names it; at the limit both tests agree.
func TestMcNemarSaysWhichTest(t *testing.T) {
	at, above := NewMcNemar(ExactMax/2-1000, ExactMax/2+1000), NewMcNemar(ExactMax/2-1000, ExactMax/2+1001)
	if at.Method != "exact" || at.P != at.Exact {
		t.Errorf("at the limit: %+v", at)
	}
	if above.Method == "exact" || above.P != above.Asymptotic {
		t.Errorf("above the limit: %+v", above)
	}
	if d := math.Abs(above.Exact - above.Asymptotic); d > 1e-3 {
		t.Errorf("exact and chi-square differ by %g at %d rows", d, ExactMax)
	}
}

// The exact test keeps its level at every number D of discordant rows, by enumeration: X ~
// Bin(D, 1/2) under the null hypothesis.
func TestMcNemarSizeByEnumeration(t *testing.T) {
	const level = 0.05
	for _, d := range []int{1, 5, 6, 10, 17, 25, 50, 100, 200, 400} {
		var exact, mid float64
		for k := range d + 1 {
			m := NewMcNemar(k, d-k)
			_, point := halfTail(min(k, d-k), d)
			if m.Exact <= level {
				exact += point
			}
			if m.MidP <= level {
				mid += point
			}
		}
		if exact > level*(1+tailTolerance) {
			t.Errorf("%d discordant rows: size of the exact test %.4f", d, exact)
		}
		// The mid-p test may exceed its level at single D, by at most half of the probability
		// of the last outcome on each side.
		if mid < exact || mid > 0.065 {
			t.Errorf("%d discordant rows: size of the mid-p test %.4f, of the exact one %.4f", d, mid, exact)
		}
	}
}

func ExampleNewMcNemar() {
	m := NewMcNemar(9, 1)
	fmt.Printf("p = %.4f (%s), mid-p %.4f, chi-square %.1f\n", m.P, m.Method, m.MidP, m.ChiSquare)
	// Output: p = 0.0215 (exact), mid-p 0.0117, chi-square 6.4
}
