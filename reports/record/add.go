package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"repbench/internal/atomicfile"
	"repbench/internal/filelock"
)

// Add puts records into the records.jsonl at path, which need not exist: a
// record of the same ID is replaced, the others stay. The file is written
// whole or not at all; its lines are sorted by kind and ID. Programs that add to one
// file at the same time wait for one another, so that no record is lost.
func Add(path string, records ...Record) error {
	for _, r := range records {
		if err := r.Check(); err != nil {
			return fmt.Errorf("add records: %w", err)
		}
	}
	if err := filelock.Replace(path, func() error { return add(path, records) }); err != nil {
		return fmt.Errorf("add records: %w", err)
	}
	return nil
}

// add is Add without the lock, of records that are checked.
func add(path string, records []Record) error {
	all, err := Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, r := range records {
		all = slices.DeleteFunc(all, func(old Record) bool { return old.ID == r.ID })
		all = append(all, r)
	}
	b, err := Encode(all)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(path, b, 0o644)
}

// Encode writes records as lines sorted by kind, ID and content.
func Encode(records []Record) ([]byte, error) {
	type entry struct {
		r    Record
		line []byte
	}
	var es []entry
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("record %q cannot be written as JSON: %w", r.ID, err)
		}
		es = append(es, entry{r, line})
	}
	slices.SortFunc(es, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.r.Kind(), b.r.Kind()), cmp.Compare(a.r.ID, b.r.ID), bytes.Compare(a.line, b.line))
	})
	var b bytes.Buffer
	for _, e := range es {
		b.Write(e.line)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
