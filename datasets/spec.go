package datasets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"repbench/datasets/catalog"
	"repbench/internal/nearest"
)

// Spec is a parsed specification of a data set.
type Spec struct {
	// Name is the canonical name, such as "cifar10".
	Name string
	// Variant is the word after ':', such as "bedroom" in lsun:bedroom; empty if there is none.
	Variant string
	// Paths are the archives and folders, in the order in which they are merged; empty if the
	// set is searched in the cache folder.
	Paths []string
	// Shapes holds the options of the built-in set; zero fields were not given.
	Shapes ShapesSpec
}

// key returns the name of the set in the catalog.
func (s Spec) key() string {
	if s.Variant == "" || s.Variant == catalog.CIFARCoarse {
		return s.Name
	}
	return s.Name + ":" + s.Variant
}

// ShapesSpec is the part of a specification after "shapes:"; 0 means not given.
type ShapesSpec struct {
	Size, Train, Test int   // side in pixels, numbers of training and test images
	Seed              int64 // seed of the set
}

// ParseSpec parses NAME[:VARIANT][=PATH[,PATH…]], folder:PATH[,PATH…], prepared:DIR or
// shapes:key=value[,…]. A path cannot contain a comma, except the path of prepared. Errors wrap
// ErrSpec.
func ParseSpec(text string) (Spec, error) {
	name, arg, sep := cutSpec(text)
	s := Spec{Name: strings.ToLower(strings.TrimSpace(name))}
	var err error
	switch s.Name {
	case catalog.NameFolder:
		if sep == 0 {
			return Spec{}, catalog.SpecError(text, "it needs a path: folder:PATH")
		}
		s.Paths, err = splitPaths(text, arg)
	case catalog.NameShapes:
		if sep == '=' {
			return Spec{}, catalog.SpecError(text, "options follow shapes after ':', as in shapes:size=64,train=20000")
		}
		if sep != 0 {
			s.Shapes, err = parseShapes(text, arg)
		}
	case catalog.NamePrepared:
		if sep != ':' {
			return Spec{}, catalog.SpecError(text, "it needs a folder: prepared:DIR")
		}
		s.Paths, err = []string{arg}, nil
		if arg == "" || strings.ContainsRune(arg, 0) {
			err = catalog.SpecError(text, "the folder is %q", arg)
		}
	default:
		i := slices.IndexFunc(catalog.Forms, func(f catalog.Form) bool { return f.Name == s.Name })
		if i < 0 {
			return Spec{}, catalog.SpecError(text, "there is no set of that name; there are: %s", catalog.FormsText)
		}
		s, err = parseForm(catalog.Forms[i], text, arg, sep)
	}
	if err != nil {
		return Spec{}, err
	}
	return s, nil
}

// parseForm parses the text after the name of a set on disk.
func parseForm(f catalog.Form, text, arg string, sep byte) (s Spec, err error) {
	s.Name = f.Name
	if sep == ':' {
		variant, paths, more := strings.Cut(arg, "=")
		if len(f.Variants) == 0 {
			return s, catalog.SpecError(text, "a path follows %s after '=', not ':'", f.Name)
		}
		if s.Variant = strings.ToLower(variant); !slices.Contains(f.Variants, s.Variant) {
			return s, catalog.SpecError(text, "%q is not a part of %s; there are: %s", variant, f.Name, strings.Join(f.Variants, ", "))
		}
		arg, sep = paths, 0
		if more {
			sep = '='
		}
	}
	if f.Needed && s.Variant == "" {
		return s, catalog.SpecError(text, "it needs one of %s after ':', as in %s:%s=PATH", strings.Join(f.Variants, ", "), f.Name, f.Variants[0])
	}
	if sep == '=' {
		if s.Paths, err = splitPaths(text, arg); err != nil {
			return s, err
		}
	}
	if len(s.Paths) > 1 && !f.Many {
		return s, catalog.SpecError(text, "%s is one folder or archive", f.Name)
	}
	return s, nil
}

// cutSpec splits at the first '=' or ':', whichever comes first; sep is 0 if there is neither.
func cutSpec(text string) (name, arg string, sep byte) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return text, "", 0
	}
	return text[:i], text[i+1:], text[i]
}

func splitPaths(text, arg string) ([]string, error) {
	paths := strings.Split(arg, ",")
	for i, p := range paths {
		if p == "" {
			return nil, catalog.SpecError(text, "path %d of %d is empty", i+1, len(paths))
		}
		if strings.ContainsRune(p, 0) {
			return nil, catalog.SpecError(text, "a path holds a zero byte")
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
			return s, catalog.SpecError(text, "%s is given twice", key)
		}
		seen[key] = true
		bits := 32
		if key == "seed" {
			bits = 64
		}
		n, err := strconv.ParseInt(value, 10, bits)
		if err != nil || n < 1 {
			return s, catalog.SpecError(text, "%q must be key=N with a positive integer", part)
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
			hint := ""
			if near := nearest.Closest(key, []string{"size", "train", "test", "seed"}); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return s, catalog.SpecError(text, "no option %q; there are size, train, test, seed%s", key, hint)
		}
	}
	return s, nil
}
