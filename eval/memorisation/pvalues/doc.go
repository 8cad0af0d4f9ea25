// Package pvalues turns scores into p-values by a null, and p-values into statements about all
// images: the images selected at a false discovery rate (BenjaminiHochberg), the share of copies
// (CopyRate) and its upper bound (UpperBound), and the comparison with the null that a generator
// makes itself (CompareOwnNull).
package pvalues
