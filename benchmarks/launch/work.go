package launch

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Work is what engines run: one command for each cell.
type Work struct {
	// Suite is the suite's name.
	Suite string
	// Out is the suite's folder, an absolute path.
	Out string
	// Program is the path of the program where the cells run.
	Program string
	// Flags stand before the folder and the index on the command line of each cell.
	Flags []string
}

// command is the command line of a cell up to its index.
func (w Work) command() []string {
	return append(append([]string{w.Program, "bench", "cell"}, w.Flags...), w.Out)
}

// jobs is the folder of scripts and of what tasks print before the program has a log of its own.
func (w Work) jobs() string { return filepath.Join(w.Out, "jobs") }

// name is what the names of all jobs of the folder begin with: the same for every command, and
// another for each folder.
func (w Work) name() string {
	suite := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, w.Suite), "-")
	suite = strings.Trim(suite[:min(len(suite), 24)], "-")
	return strings.TrimSuffix("repbench-"+suite, "-") + "-" + w.id()
}

// id tells folders apart.
func (w Work) id() string {
	sum := sha256.Sum256([]byte(w.Out))
	return hex.EncodeToString(sum[:4])
}

// withThreads adds --threads unless it is there, or n is 0.
func withThreads(flags []string, n int) []string {
	if n == 0 {
		return flags
	}
	return withFlag(flags, "--threads", strconv.Itoa(n))
}

// withFlag adds a flag unless it is there.
func withFlag(flags []string, name, value string) []string {
	for _, f := range flags {
		if f == name || strings.HasPrefix(f, name+"=") {
			return flags
		}
	}
	return append(slices.Clone(flags), name, value)
}
