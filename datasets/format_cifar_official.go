package datasets

import (
	"fmt"
	"slices"
	"strings"

	"repbench/datasets/internal/content"
)

// Numbers of images of the official CIFAR-10 and CIFAR-100.
const (
	cifarTrainImages = 50_000
	cifarTestImages  = 10_000
)

// checkClasses returns an error for other classes than the official ones of CIFAR-10: results
// would stand beside published results on CIFAR-10. For CIFAR-100 the number of classes is
// enough.
func (f cifarForm) checkClasses(source string, classes []string) error {
	if f.name != cifar10.name || slices.Equal(classes, f.classes) {
		return nil
	}
	found := "its classes are in another order"
	if odd := without(classes, f.classes); len(odd) > 0 {
		found = "among its classes is " + content.Shown(odd[0])
	} else if missing := without(f.classes, classes); len(missing) > 0 {
		found = "the class " + missing[0] + " is missing"
	}
	return content.Bad(source, "", "%s, and the classes of %s are exactly %s; open a folder of images of other classes with folder:%s",
		found, f.title, strings.Join(f.classes, ", "), content.Shown(source))
}

// without returns the names that others lacks.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

// sizeNotes tell that the splits have other numbers of images than the official ones.
func (f cifarForm) sizeNotes(splits []*Split) []string {
	n := map[string]int{}
	for _, s := range splits {
		n[s.Name] = len(s.IDs)
	}
	if n[Train] == cifarTrainImages && n[Test] == cifarTestImages {
		return nil
	}
	return []string{fmt.Sprintf("The set has %d training and %d test images, and %s has %d and %d: results on it are not comparable with published ones.",
		n[Train], n[Test], f.title, cifarTrainImages, cifarTestImages)}
}

// sideNotes tell that the images do not have the official size.
func (f cifarForm) sideNotes(im Images) []string {
	if im.H == cifarSide && im.W == cifarSide {
		return nil
	}
	return []string{fmt.Sprintf("The images have %d×%d pixels, and the images of %s have %d×%d.", im.W, im.H, f.title, cifarSide, cifarSide)}
}
