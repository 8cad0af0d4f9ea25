// Package kid computes the kernel inception distance of two sets of rows: on all rows or on
// subsets, by three estimators, with the row that weighs most and the number of copies that
// explains a negative value.
//
//	v, err := kid.KID(ctx, real, generated, kid.Options{}, metric.Options{})
package kid
