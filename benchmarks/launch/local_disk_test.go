package launch

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"repbench/benchmarks/suite"
)

// An error of the run itself is as short, and other errors stay as they are.
func TestFullDisk(t *testing.T) {
	full := &fs.PathError{Op: "open", Path: "/data/out/.lock", Err: syscall.ENOSPC}
	if got := FullDisk("/data/out", fmt.Errorf("lock: %w", full)).Error(); got != "the disk of /data/out is full; make room, and the same command goes on" {
		t.Error(got)
	}
	other := &fs.PathError{Op: "open", Path: "/data/out/.lock", Err: syscall.EIO}
	if got := FullDisk("/data/out", other); got != other {
		t.Error(got)
	}
	if FullDisk("/data/out", nil) != nil {
		t.Error("no error becomes one")
	}
}

// A full disk is named in a few words, by the folder of the suite where its file lies in it.
func TestDiskFullWords(t *testing.T) {
	dir := t.TempDir()
	r := &run{Local: Local{Folder: &suite.Folder{Dir: dir}}}
	seed := uint64(1)
	trained := suite.Cell{Index: 3, Encoder: "dcgan", Data: "shapes", Protocol: "linear", Seed: &seed, Training: "0123456789abcdef"}
	fixed := suite.Cell{Index: 4, Encoder: "pixels", Data: "shapes", Protocol: "linear"}
	in := filepath.Join(dir, "trainings", "0123456789abcdef", "checkpoints")
	for _, tt := range []struct {
		name, said, want string
		cell             suite.Cell
	}{
		{"training", "repbench: the cell failed: training: checkpoint: write " + in + ": no space left on device", "the disk of " + dir + " is full (training of dcgan, seed 1)", trained},
		{"cell", "open " + in + ": no space left on device", "the disk of " + dir + " is full (pixels, shapes, linear)", fixed},
		{"cache", "features: write /cache/features/x.npy: no space left on device", "the disk of /cache/features/x.npy is full (pixels, shapes, linear)", fixed},
		{"quota", "write " + in + ": disk quota exceeded", "the disk of " + dir + " has no room left for this user (quota) (pixels, shapes, linear)", fixed},
		{"no path", "no space left on device", "a disk is full (pixels, shapes, linear)", fixed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := r.diskFull(tt.cell, tt.said).Error(); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}
