//go:build unix

package launch

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup starts a process in a group of its own, which a terminal's Ctrl-C does not reach.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate asks a process to stop where it can go on later.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
