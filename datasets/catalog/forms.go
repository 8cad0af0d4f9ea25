package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSpec is wrapped by errors about the text of a specification: a name that is
// not known, a path that is missing, an option that makes no sense. A command
// answers it as wrong usage.
var ErrSpec = errors.New("data set specification")

// Form says how the specification of a set that lies on disk may look.
type Form struct {
	// Name is what the specification begins with.
	Name string
	// Variants are the words that may follow ':'.
	Variants []string
	// Needed says that a variant must be given.
	Needed bool
	// Many says that several paths can be merged.
	Many bool
}

// Forms are the sets that are opened as NAME[:VARIANT][=PATH[,PATH…]].
var Forms = []Form{
	{Name: NameCIFAR10, Many: true},
	{Name: NameCIFAR100, Variants: []string{CIFARCoarse}},
	{Name: NameSVHN, Variants: []string{SVHNExtra}},
	{Name: NameMNIST},
	{Name: NameEMNIST, Variants: EMNISTSplits, Needed: true},
	{Name: NameSTL10},
	{Name: NameImageNet, Many: true},
	{Name: NameTinyImageNet, Many: true},
	{Name: NameLSUN, Variants: LSUNCategories, Needed: true, Many: true},
	{Name: NameFaces, Many: true},
}

// FormsText is the list that errors show.
var FormsText = formsText()

func formsText() string {
	var b strings.Builder
	for _, f := range Forms {
		fmt.Fprintf(&b, "%s, ", f)
	}
	b.WriteString("folder:PATH[,PATH…], prepared:DIR, shapes[:size=N,train=N,test=N,seed=N]")
	return b.String()
}

// String shows the form as "cifar100[:coarse][=PATH]".
func (f Form) String() string {
	s := f.Name
	switch {
	case f.Needed:
		s += ":" + f.Variants[0]
	case len(f.Variants) > 0:
		s += "[:" + strings.Join(f.Variants, "|") + "]"
	}
	if f.Many {
		return s + "[=PATH,…]"
	}
	return s + "[=PATH]"
}

// SpecError makes an error wrapping ErrSpec about the text of a specification.
func SpecError(text, format string, args ...any) error {
	return fmt.Errorf("%w %q: %s", ErrSpec, text, fmt.Sprintf(format, args...))
}
