//go:build !race || nocheckptr

package testenv

const checkptr = false
