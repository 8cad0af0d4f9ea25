package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// ErrSpec is wrapped by errors about the text of a specification: an unknown name, a missing
// path, or an invalid option. A command reports it as wrong usage.
var ErrSpec = errors.New("data set specification")

// Form describes the specification of a set on disk.
type Form struct {
	// Name is the first word of the specification.
	Name string
	// Variants are the words that may follow ':'.
	Variants []string
	// Needed reports that a variant is required.
	Needed bool
	// Many reports that several paths can be merged.
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

// FormsText is the list of forms in errors.
var FormsText = formsText()

func formsText() string {
	var b strings.Builder
	for _, f := range Forms {
		fmt.Fprintf(&b, "%s, ", f)
	}
	b.WriteString("folder:PATH[,PATH…], prepared:DIR, shapes[:size=N,train=N,test=N,seed=N]")
	return b.String()
}

// String returns the form as "cifar100[:coarse][=PATH]".
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
