package testenv

import "testing"

// NeedPortable skips a test that uses GoMLX's portable backend if Go's pointer checks are
// compiled in, as -race alone does. The backend's matrix product (compute v0.1.3, packing.go)
// forms pointers past the end of its buffers without following them, and the checks end the
// process. "make test-race" runs these tests with the race detector and without the checks.
func NeedPortable(t testing.TB) {
	t.Helper()
	if checkptr {
		t.Skip("GoMLX's portable backend does not run under Go's pointer checks; use make test-race")
	}
}
