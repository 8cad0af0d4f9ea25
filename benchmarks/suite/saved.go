package suite

import (
	"path/filepath"

	"repbench/internal/jsonfile"
	"repbench/train/runfolder"
)

// SavedTraining is how far a training is that was begun and is not done.
type SavedTraining struct {
	// Encoder and Seed are the training's, ID its identity.
	Encoder string  `json:"encoder"`
	Seed    *uint64 `json:"seed,omitempty"`
	ID      string  `json:"id"`
	// Step is the step of the newest checkpoint, Steps the number of all steps; 0: the suite gives epochs.
	Step  int64 `json:"step"`
	Steps int64 `json:"steps,omitempty"`
}

// saved is how far the training of a cell is saved; ok is false where it has no checkpoint at which this program
// goes on.
func (f *Folder) saved(c Cell, reuse bool) (s SavedTraining, ok bool) {
	var b begunRecord
	err := jsonfile.Read(filepath.Join(f.Dir, trainingsDir, "."+c.Training+".json"), &b)
	if err != nil || !f.anyProgram && !b.Program.same(f.program, reuse) {
		return s, false
	}
	checkpoints, err := runfolder.Checkpoints(f.TrainingPath(c))
	if err != nil || len(checkpoints) == 0 {
		return s, false
	}
	s = SavedTraining{Encoder: c.Encoder, Seed: c.Seed, ID: c.Training, Step: runfolder.StepOf(checkpoints[len(checkpoints)-1])}
	if w, there := f.works[c.ID]; there {
		s.Steps = int64(w.encoder.Train.Steps)
	}
	return s, true
}
