package mnistcond

import (
	"errors"
	"strings"
	"testing"
)

// TestCheckpointOf: a checkpoint that cannot be meant is an error of the choice, before the run is looked at.
func TestCheckpointOf(t *testing.T) {
	for _, name := range []string{"nope", "-1", "1.5"} {
		if _, err := checkpointOf(t.TempDir(), name); !errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), "or the number of a step") {
			t.Errorf("checkpoint %s: %v", name, err)
		}
	}
}
