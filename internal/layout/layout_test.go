// Package layout holds the test of the order of the rooms.
package layout

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms are the top-level packages; one may import only those after it (and
// internal ones, which import each other and nothing of these).
var rooms = []string{"docs", "cmd", "benchmarks", "reports", "vis", "eval", "features", "train", "datasets", "backends", "internal"}

func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "repbench/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < len(rooms) {
		t.Fatalf("only %d packages listed", len(lines))
	}
	for _, line := range lines {
		path, imports, _ := strings.Cut(line, ": ")
		from := room(t, path)
		for _, i := range strings.Fields(imports) {
			if strings.HasPrefix(i, "repbench/") && room(t, i) < from {
				t.Errorf("%s imports %s, which stands above it", path, i)
			}
		}
	}
}

// room is the rank of the package's room.
func room(t *testing.T, path string) int {
	t.Helper()
	name := strings.Split(path, "/")[1]
	i := slices.Index(rooms, name)
	if i < 0 {
		t.Fatalf("%s stands in no known room; add it to the list, in its place", path)
	}
	return i
}
