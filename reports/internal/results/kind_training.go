package results

import (
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// trainingKind is the summary of a training run. Runs have sections of their own, so
// nothing else is shown of it.
func trainingKind() kind {
	return kindOf(func(*runfolder.Summary) View { return noView{} })
}

// KindTraining is the kind of records that stand for runs.
const KindTraining = "training"

// TrainingOf is the summary that a run's record holds, an empty one where it holds none.
func TrainingOf(r record.Record) *runfolder.Summary {
	if s, err := record.Decode[runfolder.Summary](r); err == nil {
		return s
	}
	return &runfolder.Summary{}
}
