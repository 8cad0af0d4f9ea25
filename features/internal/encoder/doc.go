// Package encoder holds what the kinds of encoder share: the interface Network, the
// folder in which they keep what they learn (Kept), batches of images and pooling.
package encoder
