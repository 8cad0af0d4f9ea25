package nearest

// EffectiveNumber is the effective number of distinct nearest training rows behind n images,
//
//	n_eff = n² / Σ c²,  c the number of images that share a nearest row.
//
// It is n where all differ and 1 where all are the same. Images that share a nearest row are no
// independent trials; statistics of n_eff images have the right spread (L. Kish, "Survey
// sampling", 1965, on samples in clusters).
func EffectiveNumber(rows []int32) float64 {
	if len(rows) == 0 {
		return 0
	}
	squares := 0.0
	counts := counts(rows)
	for _, c := range counts {
		squares += float64(c) * float64(c)
	}
	n := float64(len(rows))
	return n * n / squares
}

// counts is how often each row occurs.
func counts(rows []int32) map[int32]int {
	c := map[int32]int{}
	for _, r := range rows {
		c[r]++
	}
	return c
}

// NearestRows are the nearest training rows of the queries.
func (n Near) NearestRows() []int32 {
	rows := make([]int32, n.N())
	for i := range rows {
		rows[i] = n.Rows[i*n.K]
	}
	return rows
}

// NEff is EffectiveNumber of the nearest training rows of the queries.
func (n Near) NEff() float64 { return EffectiveNumber(n.NearestRows()) }

// Distinct is the number of distinct nearest training rows.
func (n Near) Distinct() int { return len(counts(n.NearestRows())) }
