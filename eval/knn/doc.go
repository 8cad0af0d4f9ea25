// Package knn classifies features by the votes of their nearest neighbours,
// exactly, in the conventions of the programs of the field.
package knn
