package neighbours

import (
	"fmt"
	"slices"
	"strings"
)

// Metric says which rows are near, and how near. The zero value is the cosine.
type Metric struct {
	// Kind is what is compared.
	Kind Kind
	// Normalise divides each row by its Euclidean norm before Dot or Euclidean;
	// Cosine does so by itself. A row of zeros is then an error.
	Normalise bool
}

// Kind is the number that two rows are compared by, their similarity: the larger,
// the nearer.
type Kind int

// The kinds of metric.
const (
	// Cosine is q·t / (‖q‖‖t‖). A row of zeros has none and is an error.
	Cosine Kind = iota
	// Dot is the inner product q·t.
	Dot
	// Euclidean has the similarity -‖q-t‖.
	Euclidean
)

var kindNames = []string{"cosine", "dot", "euclidean"}

// String returns the name that ParseKind takes.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("%d", int(k))
	}
	return kindNames[k]
}

// ParseKind returns the Kind of a name: cosine, dot or euclidean.
func ParseKind(name string) (Kind, error) {
	i := slices.Index(kindNames, name)
	if i < 0 {
		return 0, fmt.Errorf("metric %q: choose %s", name, strings.Join(kindNames, ", "))
	}
	return Kind(i), nil
}

// Validate says what is wrong with the metric, or nil.
func (m Metric) Validate() error {
	switch {
	case m.Kind < Cosine || m.Kind > Euclidean:
		return fmt.Errorf("metric %d: choose %s", int(m.Kind), strings.Join(kindNames, ", "))
	case m.Normalise && m.Kind == Cosine:
		return fmt.Errorf("the cosine metric normalises by itself; set Normalise with dot or euclidean only")
	}
	return nil
}

// Unit reports whether rows are divided by their norms.
func (m Metric) Unit() bool { return m.Kind == Cosine || m.Normalise }
