package compare

import "math"

// McNemar is the outcome of McNemar's test of the hypothesis that two classifiers are right
// equally often. Only discordant rows, on which exactly one classifier is right, influence it.
type McNemar struct {
	// OnlyA and OnlyB are the numbers of rows that only A and only B classified correctly.
	OnlyA int `json:"only_a"`
	OnlyB int `json:"only_b"`
	// Exact is the two-sided p-value of the binomial test, min(1, 2 P(X ≤ min))
	// with X ~ Bin(OnlyA+OnlyB, 1/2). Its size never exceeds the level.
	Exact float64 `json:"p_exact"`
	// MidP is 2 P(X ≤ min) - P(X = min), or 1 - P(X = min)/2 for equal counts. It has a little
	// more power than Exact, and its size may exceed the level slightly (Fagerland, Lydersen
	// and Laake, "The McNemar test for binary matched-pairs data", BMC Medical Research
	// Methodology 13:91, 2013).
	MidP float64 `json:"p_mid"`
	// ChiSquare is (OnlyA-OnlyB)²/(OnlyA+OnlyB), without continuity correction; 0 without
	// discordant rows. Asymptotic is its p-value with one degree of freedom, suitable from
	// ChiSquareMin discordant rows on.
	ChiSquare  float64 `json:"chi_square"`
	Asymptotic float64 `json:"p_chi_square"`
	// P is the p-value to report, and Method its kind: "exact", or "chi-square without
	// continuity correction" above ExactMax discordant rows.
	P      float64 `json:"p"`
	Method string  `json:"method"`
	// PText is P as text, formatted by FormatP.
	PText string `json:"p_text"`
}

// ChiSquareMin is the number of discordant rows from which the chi-square approximation is
// usually considered good enough. ExactMax is the number of discordant rows up to which
// McNemar.P is exact. Above it the two p-values differ by less than 0.001.
const (
	ChiSquareMin = 25
	ExactMax     = 1_000_000
)

// ChiSquareFits reports whether there are enough discordant rows for the chi-square.
func (m McNemar) ChiSquareFits() bool { return m.OnlyA+m.OnlyB >= ChiSquareMin }

// NewMcNemar tests onlyA against onlyB, the discordant counts, both at least 0.
func NewMcNemar(onlyA, onlyB int) McNemar {
	m := McNemar{OnlyA: onlyA, OnlyB: onlyB, Asymptotic: 1, Method: "exact"}
	n := onlyA + onlyB
	if n > 0 {
		d := float64(onlyA - onlyB)
		m.ChiSquare = d * d / float64(n)
		m.Asymptotic = notZero(math.Erfc(math.Sqrt(m.ChiSquare / 2)))
	}
	tail, point := halfTail(min(onlyA, onlyB), n)
	m.Exact = notZero(min(1, 2*tail))
	m.MidP = notZero(2*tail - point)
	if onlyA == onlyB {
		m.MidP = 1
		if n > 0 {
			m.MidP = 1 - point/2
		}
	}
	m.P = m.Exact
	if n > ExactMax {
		m.P, m.Method = m.Asymptotic, "chi-square without continuity correction"
	}
	m.PText = FormatP(m.P)
	return m
}

// halfTail returns P(X ≤ k) and P(X = k) for X ~ Bin(n, 1/2) and 2k ≤ n. The sum starts at the
// largest term, so that small tails keep their relative precision, and ends when further terms
// are negligible.
func halfTail(k, n int) (tail, point float64) {
	all, _ := math.Lgamma(float64(n + 1))
	in, _ := math.Lgamma(float64(k + 1))
	out, _ := math.Lgamma(float64(n - k + 1))
	point = math.Exp(all - in - out - float64(n)*math.Ln2)
	sum, term := 1.0, 1.0
	for ; k > 0 && term > sum*1e-17; k-- {
		term *= float64(k) / float64(n-k+1)
		sum += term
	}
	return point * sum, point
}
