//go:build !race || nocheckptr

package sharedtest

const checkptr = false
