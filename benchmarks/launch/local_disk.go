package launch

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"repbench/benchmarks/suite"
)

// noRoom matches the path of a file that had no room, in an error.
var noRoom = regexp.MustCompile(`(?:^|[ :])[a-z]+ ([^:]+): (?:` + regexp.QuoteMeta(syscall.ENOSPC.Error()) + "|" + regexp.QuoteMeta(syscall.EDQUOT.Error()) + ")")

// FullDisk is an error of a command on the suite's folder dir in a few words, where a full disk is its cause; else the
// error itself.
func FullDisk(dir string, err error) error {
	if !suite.DiskFull(err) {
		return err
	}
	return fmt.Errorf("%s; make room, and the same command goes on", fullWords(dir, err.Error()))
}

// diskFull is the error about a cell that found no room on a disk; said is what the cell said of it, which its log has
// in full.
func (r *run) diskFull(c suite.Cell, said string) error {
	work := c.String()
	if c.Training != "" && !r.Folder.Trained(c) {
		work = "training of " + c.Encoder
		if c.Seed != nil {
			work += fmt.Sprintf(", seed %d", *c.Seed)
		}
	}
	return fmt.Errorf("%s (%s)", fullWords(r.Folder.Dir, said), work)
}

// fullWords says which disk is full by what an error said: the disk of the suite's folder dir, or of another file.
func fullWords(dir, said string) string {
	disk := "a disk"
	if m := noRoom.FindStringSubmatch(said); m != nil {
		disk = "the disk of " + m[1]
		if in, err := filepath.Rel(absolute(dir), absolute(m[1])); err == nil && filepath.IsLocal(in) {
			disk = "the disk of " + dir
		}
	}
	if strings.Contains(said, syscall.EDQUOT.Error()) {
		return disk + " has no room left for this user (quota)"
	}
	return disk + " is full"
}

// absolute is a path from the root, or the path itself.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
