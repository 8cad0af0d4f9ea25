package train

import (
	"math"
	"path/filepath"

	"repbench/internal/jsonfile"
	"repbench/train/runfolder"
)

// keepBest writes a checkpoint of the best model if the measured values are better than all before;
// the first of equals stays.
func (s *session) keepBest(values []runfolder.Value) error {
	name := s.Measuring.Best
	if name == "" {
		return nil
	}
	value := runfolder.Metrics{Values: values}.Get(name)
	if math.IsNaN(value) {
		return nil
	}
	if best, err := bestOf(s.Folder); err != nil || value >= best {
		return err
	}
	losses, err := s.outputs.Read()
	if err != nil {
		return err
	}
	st := State{Step: s.step, Images: s.images(), Losses: losses, Certain: s.collapsed, Options: s.Folder.Options(), Best: &value}
	return s.Folder.SetBest(s.step, func(dir string) error { return st.write(s.Store, dir) })
}

// bestOf is the value of the best checkpoint so far, +Inf without one.
func bestOf(f *runfolder.Folder) (float64, error) {
	dir, err := f.Best()
	if err != nil || dir == "" {
		return math.Inf(1), err
	}
	var st State
	if err := jsonfile.Read(filepath.Join(dir, stateFile), &st); err != nil {
		return 0, unusable(dir, err)
	}
	if st.Best == nil {
		return math.Inf(1), nil
	}
	return *st.Best, nil
}
