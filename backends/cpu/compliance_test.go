package cpu

import (
	"testing"

	"github.com/gomlx/compute/support/backendtest"
)

// TestCompliance runs the tests that package compute provides for every backend.
func TestCompliance(t *testing.T) {
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	backendtest.RunAll(t, b, nil)
}
