package datasets

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Names of the sets that can be opened.
const (
	NameCIFAR10      = "cifar10"
	NameCIFAR100     = "cifar100"
	NameSVHN         = "svhn"
	NameMNIST        = "mnist"
	NameEMNIST       = "emnist"
	NameSTL10        = "stl10"
	NameImageNet     = "imagenet"
	NameTinyImageNet = "tiny-imagenet"
	NameLSUN         = "lsun"
	NameFaces        = "faces"
	NameFolder       = "folder"
	NameShapes       = "shapes"
	NamePrepared     = "prepared"
)

// specForm says how the specification of a set that lies on disk may look.
type specForm struct {
	name string
	// variants are the words that may follow ':'.
	variants []string
	// needed says that a variant must be given.
	needed bool
	// many says that several paths can be merged.
	many bool
}

// fileSets are the sets that are opened as NAME[:VARIANT][=PATH[,PATH…]].
var fileSets = []specForm{
	{name: NameCIFAR10, many: true},
	{name: NameCIFAR100, variants: []string{CIFARCoarse}},
	{name: NameSVHN, variants: []string{SVHNExtra}},
	{name: NameMNIST},
	{name: NameEMNIST, variants: EMNISTSplits, needed: true},
	{name: NameSTL10},
	{name: NameImageNet, many: true},
	{name: NameTinyImageNet, many: true},
	{name: NameLSUN, variants: LSUNCategories, needed: true, many: true},
	{name: NameFaces, many: true},
}

// FormsText is the list that errors show.
var FormsText = formsText()

func formsText() string {
	var b strings.Builder
	for _, f := range fileSets {
		fmt.Fprintf(&b, "%s, ", f)
	}
	b.WriteString("folder:PATH[,PATH…], prepared:DIR, shapes[:size=N,train=N,test=N,seed=N]")
	return b.String()
}

// String shows the form as "cifar100[:coarse][=PATH]".
func (f specForm) String() string {
	s := f.name
	switch {
	case f.needed:
		s += ":" + f.variants[0]
	case len(f.variants) > 0:
		s += "[:" + strings.Join(f.variants, "|") + "]"
	}
	if f.many {
		return s + "[=PATH,…]"
	}
	return s + "[=PATH]"
}

// Spec is a parsed specification of a data set.
type Spec struct {
	// Name is the canonical name, such as "cifar10".
	Name string
	// Variant is the word after ':', such as "bedroom" in lsun:bedroom; empty
	// where none is given.
	Variant string
	// Paths are the archives and folders, in the order in which they are merged;
	// empty where the set is to be looked for in the cache folder.
	Paths []string
	// Shapes holds the options of the built-in set; zero fields are not given.
	Shapes ShapesSpec
}

// key is the name under which the catalog knows the set.
func (s Spec) key() string {
	if s.Variant == "" || s.Variant == CIFARCoarse {
		return s.Name
	}
	return s.Name + ":" + s.Variant
}

// ShapesSpec is the part of a specification after "shapes:".
type ShapesSpec struct {
	Size, Train, Test int
	Seed              int64
}

// ParseSpec reads NAME[:VARIANT][=PATH[,PATH…]], folder:PATH[,PATH…], prepared:DIR
// or shapes:key=value[,…]. A path cannot hold a comma, but for that of prepared. Errors wrap ErrSpec.
func ParseSpec(text string) (Spec, error) {
	name, arg, sep := cutSpec(text)
	s := Spec{Name: strings.ToLower(strings.TrimSpace(name))}
	var err error
	switch s.Name {
	case NameFolder:
		if sep == 0 {
			return Spec{}, SpecError(text, "it needs a path: folder:PATH")
		}
		s.Paths, err = splitPaths(text, arg)
	case NameShapes:
		if sep == '=' {
			return Spec{}, SpecError(text, "options follow shapes after ':', as in shapes:size=64,train=20000")
		}
		if sep != 0 {
			s.Shapes, err = parseShapes(text, arg)
		}
	case NamePrepared:
		if sep != ':' {
			return Spec{}, SpecError(text, "it needs a folder: prepared:DIR")
		}
		s.Paths, err = []string{arg}, nil
		if arg == "" || strings.ContainsRune(arg, 0) {
			err = SpecError(text, "the folder is %q", arg)
		}
	default:
		i := slices.IndexFunc(fileSets, func(f specForm) bool { return f.name == s.Name })
		if i < 0 {
			return Spec{}, SpecError(text, "there is no set of that name; there are: %s", FormsText)
		}
		s, err = fileSets[i].parse(text, arg, sep)
	}
	if err != nil {
		return Spec{}, err
	}
	return s, nil
}

// parse reads what follows the name of a set that lies on disk.
func (f specForm) parse(text, arg string, sep byte) (s Spec, err error) {
	s.Name = f.name
	if sep == ':' {
		variant, paths, more := strings.Cut(arg, "=")
		if len(f.variants) == 0 {
			return s, SpecError(text, "a path follows %s after '=', not ':'", f.name)
		}
		if s.Variant = strings.ToLower(variant); !slices.Contains(f.variants, s.Variant) {
			return s, SpecError(text, "%q is no part of %s; there are: %s", variant, f.name, strings.Join(f.variants, ", "))
		}
		arg, sep = paths, 0
		if more {
			sep = '='
		}
	}
	if f.needed && s.Variant == "" {
		return s, SpecError(text, "it needs one of %s after ':', as in %s:%s=PATH", strings.Join(f.variants, ", "), f.name, f.variants[0])
	}
	if sep == '=' {
		if s.Paths, err = splitPaths(text, arg); err != nil {
			return s, err
		}
	}
	if len(s.Paths) > 1 && !f.many {
		return s, SpecError(text, "%s is one folder or archive", f.name)
	}
	return s, nil
}

// cutSpec splits at the first '=' or ':', whichever comes first; sep is 0 where
// there is neither.
func cutSpec(text string) (name, arg string, sep byte) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return text, "", 0
	}
	return text[:i], text[i+1:], text[i]
}

func SpecError(text, format string, args ...any) error {
	return fmt.Errorf("%w %q: %s", ErrSpec, text, fmt.Sprintf(format, args...))
}

func splitPaths(text, arg string) ([]string, error) {
	paths := strings.Split(arg, ",")
	for i, p := range paths {
		if p == "" {
			return nil, SpecError(text, "path %d of %d is empty", i+1, len(paths))
		}
		if strings.ContainsRune(p, 0) {
			return nil, SpecError(text, "a path holds a zero byte")
		}
	}
	return paths, nil
}

func parseShapes(text, arg string) (ShapesSpec, error) {
	var s ShapesSpec
	seen := map[string]bool{}
	for _, part := range strings.Split(arg, ",") {
		key, value, _ := strings.Cut(part, "=")
		if seen[key] {
			return s, SpecError(text, "%s is given twice", key)
		}
		seen[key] = true
		bits := 32
		if key == "seed" {
			bits = 64
		}
		n, err := strconv.ParseInt(value, 10, bits)
		if err != nil || n < 1 {
			return s, SpecError(text, "%q must be key=N with a positive integer", part)
		}
		switch key {
		case "size":
			s.Size = int(n)
		case "train":
			s.Train = int(n)
		case "test":
			s.Test = int(n)
		case "seed":
			s.Seed = n
		default:
			return s, SpecError(text, "no option %q; there are size, train, test, seed", key)
		}
	}
	return s, nil
}

// ErrSpec is wrapped by errors about the text of a specification: a name that is
// not known, a path that is missing, an option that makes no sense. A command
// answers it as wrong usage.
var ErrSpec = errors.New("data set specification")
