package datasets

import (
	"fmt"
	"strconv"
	"strings"
)

// Names of the sets that can be opened.
const (
	nameCIFAR10      = "cifar10"
	nameMNIST        = "mnist"
	nameTinyImageNet = "tiny-imagenet"
	nameFolder       = "folder"
	nameShapes       = "shapes"
)

// specForms is the list that errors show.
const specForms = "cifar10[=PATH,…], mnist[=PATH], tiny-imagenet[=PATH,…], folder:PATH[,PATH…], " +
	"shapes[:size=N,train=N,test=N,seed=N]"

// Spec is a parsed specification of a data set.
type Spec struct {
	// Name is the canonical name, such as "cifar10".
	Name string
	// Paths are the archives and folders, in the order in which they are merged;
	// empty where the set is to be looked for in the cache folder.
	Paths []string
	// Shapes holds the options of the built-in set; zero fields are not given.
	Shapes ShapesSpec
}

// ShapesSpec is the part of a specification after "shapes:".
type ShapesSpec struct {
	Size, Train, Test int
	Seed              int64
}

// ParseSpec reads NAME, NAME=PATH[,PATH…], folder:PATH[,PATH…] or
// shapes:key=value[,…]. A path cannot hold a comma. Errors wrap ErrSpec.
func ParseSpec(text string) (Spec, error) {
	name, arg, sep := cutSpec(text)
	s := Spec{Name: strings.ToLower(strings.TrimSpace(name))}
	var err error
	switch s.Name {
	case nameCIFAR10, nameMNIST, nameTinyImageNet:
		if sep == ':' {
			return Spec{}, specError(text, "a path follows %s after '=', not ':'", s.Name)
		}
		if sep != 0 {
			s.Paths, err = splitPaths(text, arg)
		}
		if s.Name == nameMNIST && len(s.Paths) > 1 {
			return Spec{}, specError(text, "mnist is one folder")
		}
	case nameFolder:
		if sep == 0 {
			return Spec{}, specError(text, "it needs a path: folder:PATH")
		}
		s.Paths, err = splitPaths(text, arg)
	case nameShapes:
		if sep == '=' {
			return Spec{}, specError(text, "options follow shapes after ':', as in shapes:size=64,train=20000")
		}
		if sep != 0 {
			s.Shapes, err = parseShapes(text, arg)
		}
	case "svhn", "imagenet", "lsun", "prepared":
		return Spec{}, specError(text, "%s is not supported yet; there are: %s", s.Name, specForms)
	default:
		return Spec{}, specError(text, "there is no set of that name; there are: %s", specForms)
	}
	if err != nil {
		return Spec{}, err
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

func specError(text, format string, args ...any) error {
	return fmt.Errorf("%w %q: %s", ErrSpec, text, fmt.Sprintf(format, args...))
}

func splitPaths(text, arg string) ([]string, error) {
	paths := strings.Split(arg, ",")
	for i, p := range paths {
		if p == "" {
			return nil, specError(text, "path %d of %d is empty", i+1, len(paths))
		}
		if strings.ContainsRune(p, 0) {
			return nil, specError(text, "a path holds a zero byte")
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
			return s, specError(text, "%s is given twice", key)
		}
		seen[key] = true
		bits := 32
		if key == "seed" {
			bits = 64
		}
		n, err := strconv.ParseInt(value, 10, bits)
		if err != nil || n < 1 {
			return s, specError(text, "%q must be key=N with a positive integer", part)
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
			return s, specError(text, "no option %q; there are size, train, test, seed", key)
		}
	}
	return s, nil
}
