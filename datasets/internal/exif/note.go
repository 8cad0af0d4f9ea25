package exif

import "fmt"

// Note says what became of n of so many images that have an orientation other than
// upright; empty where there are none.
func Note(n, of int, turned bool) string {
	switch {
	case n == 0:
		return ""
	case turned:
		return fmt.Sprintf("%d of %d images have an EXIF orientation other than upright and were turned by it", n, of)
	}
	return fmt.Sprintf("%d of %d images have an EXIF orientation other than upright, which was not applied: their pixels lie as they are stored; --exif-rotate turns them", n, of)
}
