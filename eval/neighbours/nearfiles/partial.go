package nearfiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"repbench/eval/neighbours"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
)

// The files of a search in its folder.
const (
	metaFile     = "meta.json"
	partialDir   = "partial-search"
	stateFile    = "state.json"
	indexFile    = "indices.npy"
	distanceFile = "distances.npy"
	offsetFile   = "offsets.npy"
	mirrorFile   = "mirrored.npy"
)

var resultFiles = []string{indexFile, distanceFile, offsetFile, mirrorFile}

// own reports whether a file of the folder is a part of a search.
func own(name string) bool {
	return name == metaFile || name == partialDir || slices.Contains(resultFiles, name)
}

// settings are what decides the result of a search.
type settings struct {
	Metric  string `json:"metric"`
	K       int    `json:"k"`
	Queries Input  `json:"queries"`
	Base    Input  `json:"base"`
}

// differs says in words what differs in the settings, "" if nothing does.
func (s settings) differs(was settings) string {
	switch {
	case s.Metric != was.Metric:
		return fmt.Sprintf("metric %s, was %s", s.Metric, was.Metric)
	case s.K != was.K:
		return fmt.Sprintf("k %d, was %d", s.K, was.K)
	case !s.Queries.same(was.Queries):
		return "other queries"
	case !s.Base.same(was.Base):
		return "another base"
	}
	return ""
}

// state is how far a search has come.
type state struct {
	settings
	// Done is the number of queries that are written.
	Done int `json:"done"`
	// Constant are the constant windows among them.
	Constant neighbours.ConstantWindows `json:"constant_windows"`
}

// partial is a search under way in its folder.
type partial struct {
	dir   string
	state state
	files []*partFile
}

// partFile is an array that is being written.
type partFile struct {
	*os.File
	offset, row int64 // of the first row, and its size
}

// openPartial opens the unfinished search of those settings in a folder, or begins one. note says
// why another unfinished one is given up.
func openPartial(out string, s settings, columns []column) (p *partial, note string, err error) {
	p = &partial{dir: filepath.Join(out, partialDir), state: state{settings: s}}
	var was state
	err = jsonfile.Read(filepath.Join(p.dir, stateFile), &was)
	switch changed := s.differs(was.settings); {
	case err == nil && changed == "" && was.Done >= 0 && was.Done <= s.Queries.Shape[0]:
		p.state.Done, p.state.Constant = was.Done, was.Constant
	case err == nil:
		note = fmt.Sprintf("the unfinished search in %s is another one (%s); this one starts anew", partialDir, changed)
	case !errors.Is(err, fs.ErrNotExist):
		note = fmt.Sprintf("the state of the unfinished search in %s cannot be read (%v); it starts anew", partialDir, err)
	}
	if p.state.Done == s.Queries.Shape[0] {
		return p, note, nil // only the names are missing
	}
	if err := p.openFiles(columns); err != nil {
		return nil, note, errors.Join(err, p.close())
	}
	return p, note, nil
}

// openFiles opens the arrays, which must be complete up to the queries done, or makes them.
func (p *partial) openFiles(columns []column) error {
	if p.state.Done > 0 && !p.intact(columns) {
		p.state.Done, p.state.Constant = 0, neighbours.ConstantWindows{}
	}
	if p.state.Done == 0 {
		if err := os.RemoveAll(p.dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return err
	}
	for _, c := range columns {
		path := filepath.Join(p.dir, c.name)
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return err
		}
		header := npy.EncodeHeader(c.dtype, c.shape)
		part := &partFile{File: f, offset: int64(len(header)), row: c.rowBytes()}
		p.files = append(p.files, part)
		if p.state.Done > 0 {
			continue
		}
		if _, err := f.WriteAt(header, 0); err != nil {
			return describe(path, err)
		}
		if err := f.Truncate(part.offset + int64(c.shape[0])*part.row); err != nil {
			return describe(path, err)
		}
	}
	return p.save()
}

// intact reports whether the arrays are there, each of its shape.
func (p *partial) intact(columns []column) bool {
	for _, c := range columns {
		h, err := npy.ReadHeader(filepath.Join(p.dir, c.name))
		if err != nil || h.DType != c.dtype || !slices.Equal(h.Shape, c.shape) {
			return false
		}
	}
	return true
}

// save stores the state. The state never counts queries whose arrays are not on the disk.
func (p *partial) save() error { return jsonfile.Write(filepath.Join(p.dir, stateFile), p.state) }

// add writes the results of the next queries: for each array a slice of its elements.
func (p *partial) add(queries int, constant neighbours.ConstantWindows, data ...any) error {
	for i, f := range p.files {
		b, err := binary.Append(nil, binary.LittleEndian, data[i])
		if err == nil {
			_, err = f.WriteAt(b, f.offset+int64(p.state.Done)*f.row)
		}
		if err == nil {
			err = f.Sync()
		}
		if err != nil {
			return describe(f.Name(), err)
		}
	}
	p.state.Done += queries
	p.state.Constant = constant
	return p.save()
}

// finish gives the arrays their final names, and the folder the result last.
func (p *partial) finish(out string, columns []column, r *Result) error {
	if err := p.close(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(out, metaFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range resultFiles {
		to := filepath.Join(out, name)
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == name }) {
			if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err // of an earlier search, by another metric
			}
			continue
		}
		err := atomicfile.Rename(filepath.Join(p.dir, name), to)
		if errors.Is(err, fs.ErrNotExist) {
			_, err = os.Stat(to) // the run before came that far
		}
		if err != nil {
			return err
		}
	}
	if err := jsonfile.Write(filepath.Join(out, metaFile), r); err != nil {
		return err
	}
	return os.RemoveAll(p.dir)
}

// close closes the arrays.
func (p *partial) close() error {
	var err error
	for _, f := range p.files {
		err = errors.Join(err, f.Close())
	}
	p.files = nil
	return err
}

// describe adds to an error of writing what is kept and what to do.
func describe(path string, err error) error {
	return fmt.Errorf("write %s: %w; what is written stays: the same command goes on when there is room", path, err)
}
