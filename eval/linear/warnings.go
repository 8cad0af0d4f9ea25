package linear

import "fmt"

// NotConverged is the warning of a fit of which some classes did not reach the
// tolerance.
type NotConverged struct {
	// C is the cost; Classes are the classes that did not converge, out of Of.
	C       float64
	Classes []int
	Of      int
	// Worst is the class with the largest relative duality gap, Gap, after that
	// many Newton Steps; State says how far it came.
	Worst int
	Gap   float64
	Steps int
	State string
}

// Error is one line, however many classes there are.
func (e *NotConverged) Error() string {
	how := fmt.Sprintf("%s after %d Newton steps, relative duality gap %.1e", e.State, e.Steps, e.Gap)
	if len(e.Classes) == 1 {
		return fmt.Sprintf("class %d did not converge at C = %g: %s", e.Worst, e.C, how)
	}
	return fmt.Sprintf("%d of %d classes did not converge at C = %g; the worst is class %d: %s", len(e.Classes), e.Of, e.C, e.Worst, how)
}

// unsolved adds a class that did not converge to the fit's one warning.
func (f *Fit) unsolved(b *binary) {
	f.Converged = false
	if f.missed == nil {
		f.missed = &NotConverged{C: f.C, Of: len(f.Model.B), Gap: -1}
		f.Warnings = append(f.Warnings, f.missed)
	}
	f.missed.Classes = append(f.missed.Classes, int(b.class))
	if gap := b.gap / b.objective; gap > f.missed.Gap || gap != gap {
		f.missed.Worst, f.missed.Gap, f.missed.Steps, f.missed.State = int(b.class), gap, b.newton, b.state.String()
	}
}

// refutation is the warning of a fit of which the CPU had to finish some classes.
type refutation struct {
	c        float64
	classes  []int
	products string
}

// Error is one line, however many classes there are.
func (e *refutation) Error() string {
	which := fmt.Sprintf("class %d", e.classes[0])
	if n := len(e.classes); n > 1 {
		which = fmt.Sprintf("%d classes, the first of them class %d,", n, e.classes[0])
	}
	return fmt.Sprintf("%s at C = %g: float64 on the CPU does not confirm the solution of %s; solved on the CPU from there", which, e.c, e.products)
}

// refute adds classes that the CPU had to finish to the fit's one warning.
func (f *Fit) refute(classes []int32, products string) {
	if len(classes) == 0 {
		return
	}
	if f.refuted == nil {
		f.refuted = &refutation{c: f.C, products: products}
		f.Warnings = append(f.Warnings, f.refuted)
	}
	for _, k := range classes {
		f.refuted.classes = append(f.refuted.classes, int(k))
	}
}
