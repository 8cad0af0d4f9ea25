package linear

import (
	"slices"

	"repbench/eval/linear/internal/vec"
)

// Bounds of what a problem remembers.
const (
	// mostPairs: on 50,000 × 7,168 features 100 take a tenth fewer passes over a
	// path of seven costs than 40, and 160 hardly fewer than 100.
	mostPairs = 100
	// pairsMemory bounds the bytes for all classes that are solved together. The
	// step under way has as many again.
	pairsMemory = 256 << 20
)

// pairs are directions d of the conjugate gradients of a problem with their
// products H·d. They improve the preconditioner of its later Newton steps as the
// inverse BFGS formula does, with that preconditioner in the place of the first
// matrix (Morales and Nocedal, "Automatic preconditioning by limited memory
// quasi-Newton updating", SIAM J. Optim. 2000): the Hessian changes little from
// step to step and from cost to cost, and where one matrix for all classes is
// wrong for this one, it is wrong again.
type pairs struct {
	most int
	kept []pair // the oldest first
}

// newPairs makes room for a problem with d columns, one of classes problems.
func newPairs(classes, d int) pairs {
	return pairs{most: min(mostPairs, pairsMemory/(8*(d+1)*classes))}
}

type pair struct {
	cost    float64 // of the Hessian
	d, hd   []float32
	inverse float64 // 1 / d·H·d
	alpha   float64 // of the product under way
}

func newPair(cost float64, d, hd []float64) pair {
	q := pair{cost: cost, d: make([]float32, len(d)), hd: make([]float32, len(d))}
	for j, v := range d {
		q.d[j], q.hd[j] = float32(v), float32(hd[j])
	}
	q.inverse = 1 / vec.Dot(q.d, q.hd)
	return q
}

// add remembers pairs, in place of the oldest ones.
func (p *pairs) add(fresh ...pair) {
	p.kept = append(p.kept, fresh...)
	p.kept = slices.Clone(p.kept[max(0, len(p.kept)-p.most):])
}

// scale turns the products into the products at another cost: H - I is proportional to
// the cost, for the same active rows.
func (p *pairs) scale(cost float64) {
	for k := range p.kept {
		q := &p.kept[k]
		if q.cost == cost {
			continue
		}
		t := float32(cost / q.cost)
		for j, v := range q.d {
			q.hd[j] = v + t*(q.hd[j]-v)
		}
		q.cost, q.inverse = cost, 1/vec.Dot(q.d, q.hd)
	}
}

// before does the part of the product with the inverse that comes before the
// preconditioner, on q in place; after does the rest.
func (p *pairs) before(q []float64) {
	for k := len(p.kept) - 1; k >= 0; k-- {
		s := &p.kept[k]
		s.alpha = s.inverse * vec.Dot(s.d, q)
		vec.Axpy(-s.alpha, s.hd, q)
	}
}

func (p *pairs) after(q []float64) {
	for k := range p.kept {
		s := &p.kept[k]
		vec.Axpy(s.alpha-s.inverse*vec.Dot(s.hd, q), s.d, q)
	}
}
