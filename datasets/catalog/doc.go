// Package catalog knows the official data sets: their names and variants, the addresses and
// checksums of their files, and which of them are on this machine. It downloads, verifies,
// bundles and lists files; package datasets reads the sets.
//
// Fetch downloads with checksums, Verify checks the existing files, Bundle and Unbundle carry a
// set to a machine without a network, and List describes the known sets and their state on
// disk.
package catalog
