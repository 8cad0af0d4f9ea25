package benchmarks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"repbench/datasets"
	"repbench/features"
	"repbench/features/store"
	"repbench/internal/atomicfile"
	"repbench/internal/cache"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// CheckFiles says, before any work, why a file that a command names cannot be written: it is read
// (r), two outputs name it, or it is a part of a run folder or of a folder of features. records is
// the file of records, with its flag; its path "" is none.
func CheckFiles(r outputs.Reads, records outputs.File, outs ...outputs.File) error {
	if err := r.Check(append(outs, records)...); err != nil {
		return err
	}
	for _, f := range outs {
		if f.Path == "" {
			continue
		}
		dir := filepath.Dir(f.Path)
		if err := runfolder.Protects(f.Flag, f.Path); err != nil {
			return err
		}
		if err := outputs.Belongs(f.Flag, f.Path, dir, "folder of features", store.Owns); err != nil && store.Is(dir) {
			return err
		}
		if err := atomicfile.Writable(f.Path); err != nil {
			return fmt.Errorf("%s: %w", f.Flag, err)
		}
	}
	return checkRecords(records.Path)
}

// CacheFolder is the folder of the cache as what a command reads: the folders of derived data in it
// are parts of it, but for the files of records in them, to which results are added. "" is none.
func CacheFolder(dir string) outputs.Reads {
	if dir == "" {
		return outputs.Reads{}
	}
	return outputs.Reads{Folders: []outputs.Folder{{Path: dir, Kind: "cache", Owns: func(name string, _ bool) bool {
		kind, _, inside := strings.Cut(name, "/")
		return inside && slices.Contains(cache.Kinds, kind) && path.Base(name) != record.FileName
	}}}}
}

// reads is what a source is read from.
func (s Source) reads(m Machine) outputs.Reads {
	reading := s.Reading
	reading.Options = m.Catalog
	r := features.Reads(s.Encoder).And(m.cacheReads()).With(s.Arrays.files()...)
	if s.Data == "" {
		return r.With(reading.Keep...)
	}
	return r.And(datasets.Reads(s.Data, reading))
}

// cacheReads is CacheFolder of the machine.
func (m Machine) cacheReads() outputs.Reads {
	dir, err := m.Catalog.CachePath()
	if err != nil {
		return outputs.Reads{} // there is none
	}
	return CacheFolder(dir)
}

// checkOutputs says, before any work, why a file that the cell is going to write cannot be
// written, or would replace an input. predictions is the file of predicted labels, "": none.
func (c Cell) checkOutputs(predictions string, m Machine) error {
	if err := belongs(predictions, c.Source.Folder); err != nil {
		return err
	}
	records := c.Records
	if dir := c.Source.Folder; records == "" && isFolder(dir) {
		records = filepath.Join(dir, record.FileName)
	}
	return CheckFiles(c.Source.reads(m), outputs.File{Flag: recordsName, Path: records}, outputs.File{Flag: predictionsName, Path: predictions})
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// recordsName is the file of records in messages.
const recordsName = "the file of records"

// predictionsName is the file of predicted labels in messages.
const predictionsName = "the file of predictions"

// belongs refuses a file of predictions that is a part of the folder of features.
func belongs(path, dir string) error {
	if path == "" || dir == "" {
		return nil
	}
	return outputs.Belongs(predictionsName, path, dir, "folder of features", func(name string) bool {
		return name == record.FileName || store.Owns(name)
	})
}

// ErrRecords is wrapped by errors about a file to which the result could not be added. They
// come before any work.
var ErrRecords = errors.New("the result could not be stored, so nothing was computed")

// checkRecords says why records could not be added to a file; "" is none.
func checkRecords(path string) error {
	if path == "" {
		return nil
	}
	_, err := record.Read(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Writable(path)
	}
	if errors.Is(err, record.ErrOther) {
		return fmt.Errorf("%w: %w; name another file of records", ErrRecords, err)
	}
	if err != nil {
		return fmt.Errorf("%w: %w; or name another file of records", ErrRecords, err)
	}
	return nil
}

// writePredictions writes predicted classes to a file, if one is named.
func writePredictions(path string, predicted []int32) error {
	if path == "" {
		return nil
	}
	return npy.Write(path, []int{len(predicted)}, predicted)
}

// store adds the records of a finished evaluation to a file.
func (o *Outcome) store(path string) error {
	if err := record.Add(path, recordsOf(o)...); err != nil {
		return err
	}
	o.Stored = path
	return nil
}

func recordsOf(o *Outcome) []record.Record {
	var out []record.Record
	for _, r := range o.Records {
		out = append(out, *r)
	}
	return out
}
