// Package catalog knows the official data sets: their names and variants, where their
// files come from with which checksums, and what of them is on this machine. It
// downloads, verifies, bundles and lists files; how a set is read is package datasets'
// business.
//
// Fetch downloads with checksums, Verify checks what is there, Bundle and Unbundle
// carry a set to a machine without a network, List says what is known and on disk.
package catalog
