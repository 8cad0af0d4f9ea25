package launch

import (
	"context"
	"slices"
	"time"
)

// Engine starts cells somewhere and says whether they are still to come. What is done it does not
// know: the files of the suite's folder say that.
type Engine interface {
	// Submit hands cells, which are indices of the plan, to the engine. It returns what it submitted,
	// also beside an error.
	Submit(ctx context.Context, cells []int) ([]Submission, error)
	// States is what the engine knows of cells, none of which is done. A cell that it does not know is
	// absent.
	States(ctx context.Context, all []Submission, cells []int) (map[int]State, error)
	// Cancel ends the jobs of the submissions that have not ended. It returns their names.
	Cancel(ctx context.Context, all []Submission) ([]string, error)
}

// Phase says whether a cell is still to come.
type Phase int

// The phases of a cell in an engine.
const (
	// Unknown: the engine has no such cell.
	Unknown Phase = iota
	// Ended: the engine has done with it, one way or another.
	Ended
	// Pending: it waits for its turn.
	Pending
	// Running: a machine has it.
	Running
)

var phaseNames = [...]string{"unknown", "ended", "pending", "running"}

// String is the phase as status files and messages write it.
func (p Phase) String() string { return phaseNames[p] }

// phaseNamed is the phase of a name; Unknown where there is none.
func phaseNamed(name string) Phase { return Phase(max(0, slices.Index(phaseNames[:], name))) }

// State is what an engine says of one cell.
type State struct {
	Phase Phase
	// Job is the engine's name of the task, such as "12_3".
	Job string
	// Detail is the engine's own word for the state and its reason, such as "OUT_OF_MEMORY".
	Detail string
	// Final says that the engine has tried as often as it was told to, so that nothing comes of the same again.
	Final bool
}

// Coming reports whether the cell is still to come, or is being worked on.
func (s State) Coming() bool { return s.Phase.coming() }

func (p Phase) coming() bool { return p == Pending || p == Running }

// Submission is one job of an engine: a line of jobs.jsonl.
type Submission struct {
	// Engine is SlurmEngine or KubernetesEngine.
	Engine string `json:"engine"`
	// Name is the job's name, Job the engine's id of it, if that is another.
	Name string `json:"name,omitempty"`
	Job  string `json:"job,omitempty"`
	// Indices are the cells, as FormatList writes them.
	Indices string `json:"indices,omitempty"`
	// Cancelled says that all jobs before this line were cancelled; there is no job then.
	Cancelled bool `json:"cancelled,omitempty"`
	// Submitted is when.
	Submitted time.Time `json:"submitted"`
}
