// Package pca projects pixels on the principal directions of the training images.
package pca
