package exif

import "fmt"

// NotePrepared is Note for a set that was prepared without turning: it has to be prepared
// again.
func NotePrepared(n, of int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d images had an EXIF orientation other than upright when the set was prepared, which was not applied: their pixels lie as they were stored; "+
		"prepare the set again with --exif-rotate to turn them", n, of)
}

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
