//go:build !unix

package launch

import (
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no groups of processes.
func ownGroup(*exec.Cmd) {}

// terminate ends a process; what it had not saved yet is done again.
func terminate(p *os.Process) error { return p.Kill() }
