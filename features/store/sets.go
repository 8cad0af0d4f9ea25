package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Sets opens matrices by name. A name is that of a NumPy file N×D of float32 or float16, or
// FOLDER:SPLIT for a split of a folder that Extract wrote; an empty name stands for no
// matrix, nil. The matrices are valid until the Folder is closed.
func (o ReadOptions) Sets(names ...string) (*Folder, []*Matrix, error) {
	b, err := o.budget()
	if err != nil {
		return nil, nil, err
	}
	f := &Folder{budget: b, progress: progress.Or(o.Progress)}
	out := make([]*Matrix, len(names))
	for i, name := range names {
		if name == "" {
			continue
		}
		if out[i], err = f.set(name); err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
	}
	return f, out, nil
}

// set opens one matrix.
func (f *Folder) set(name string) (*Matrix, error) {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		m, err := ReadMeta(name)
		if err != nil {
			return nil, err
		}
		var splits []string
		for _, s := range m.Splits {
			splits = append(splits, name+":"+s.Name)
		}
		return nil, fmt.Errorf("%s is a folder of features; name one of its splits: %s", name, strings.Join(splits, ", "))
	}
	at := strings.LastIndex(name, ":")
	if err == nil || at < 0 {
		return f.matrix(name)
	}
	if _, folder := os.Stat(name[:at]); folder != nil {
		return nil, err
	}
	m, err := ReadMeta(name[:at])
	if err != nil {
		return nil, err
	}
	split := &Folder{Dir: filepath.Clean(name[:at]), Meta: m, budget: f.budget, progress: f.progress}
	x, err := split.Split(name[at+1:])
	f.mapped, f.budget = append(f.mapped, split.mapped...), split.budget
	return x, err
}

// View looks at the matrix without copying it.
func (m *Matrix) View() (matrix.View, error) {
	if m == nil {
		return matrix.View{}, nil
	}
	x, err := matrix.View{}, error(nil)
	if m.Float16 != nil {
		x, err = matrix.NewHalf(m.Float16, m.N, m.D)
	} else {
		x, err = matrix.New(m.Float32, m.N, m.D)
	}
	if err != nil {
		return x, fmt.Errorf("%s: %w", m.File, err)
	}
	x.Release = m.Release
	return x, nil
}
