package suite

import (
	"errors"

	"repbench/benchmarks/gate"
)

// ErrFile is the kind of error of a suite file that is wrong.
var ErrFile = errors.New("the suite is wrong")

// errNothing is the error about a suite without cells.
var errNothing = errors.New("no cell is left: [[only]] and [[skip]] leave nothing of the product of encoders, data sets and protocols")

// Suite is a suite file that was read and checked.
type Suite struct {
	// Name is the suite's name.
	Name string `json:"suite"`
	// Encoders, Data and Protocols are the axes of the product of cells; the seeds are an encoder's.
	Encoders []Encoder `json:"encoders"`
	// Data are the data sets.
	Data []Data `json:"data"`
	// Protocols are the ways to evaluate.
	Protocols []Protocol `json:"protocols"`
	// Skip leaves out the cells that one of its entries names. Only, if it has entries, leaves out all
	// other cells.
	Skip []Match `json:"skip,omitempty"`
	Only []Match `json:"only,omitempty"`
	// Gate says what counts as worse than a base.
	Gate gate.Rule `json:"gate"`
	// Engine has the settings of engines.
	Engine Engine `json:"engine"`

	text []byte // of the file
}

// Text is the file as it was given.
func (s *Suite) Text() []byte { return s.text }

// Encoder is an encoder of a suite: either a specification as the command line takes it, or a
// training, of which there is one for each seed.
type Encoder struct {
	// Name is unique among the encoders of the suite.
	Name string `toml:"name" json:"name"`
	// Spec is a specification, such as "random:svhn32"; "": the encoder is trained.
	Spec string `toml:"spec" json:"spec,omitempty"`
	// Train are the options of the training; nil: the encoder is there already.
	Train *Training `toml:"train" json:"train,omitempty"`
	// Seeds are its seeds; the suite's where it says nothing and something in it is random.
	Seeds Seeds `toml:"seeds" json:"seeds"`
	Features
}

// Features say how features are taken, as the flags of the same names.
type Features struct {
	Pool      string   `toml:"pool" json:"pool,omitempty"`
	Grid      int      `toml:"grid" json:"grid,omitempty"`
	Layers    []string `toml:"layers" json:"layers,omitempty"`
	BatchNorm string   `toml:"batch-norm" json:"batch-norm,omitempty"`
	Batch     int      `toml:"batch" json:"batch,omitempty"`
	DType     string   `toml:"dtype" json:"dtype,omitempty"`
}

// Data is a data set of a suite.
type Data struct {
	// Name is unique among the data sets of the suite.
	Name string `toml:"name" json:"name"`
	// Spec is a specification as the command line takes it; "": the name is one, with Path behind it
	// where the files already lie there.
	Spec string `toml:"spec" json:"spec,omitempty"`
	// Path is where the files of the set Name lie; "": they are found, or downloaded.
	Path string `toml:"path" json:"path,omitempty"`
	// Seed is the seed of the built-in set.
	Seed uint64 `toml:"seed" json:"seed,omitempty"`
	// Keep are files with keep-lists, FollowLinks and ExifRotate say how files are read.
	Keep        []string `toml:"keep" json:"keep,omitempty"`
	FollowLinks bool     `toml:"follow-links" json:"follow-links,omitempty"`
	// ExifRotate turns images by the orientation in their files.
	ExifRotate bool `toml:"exif-rotate" json:"exif-rotate,omitempty"`
}

// Protocol is a way to evaluate.
type Protocol struct {
	// Name is unique among the protocols of the suite.
	Name string `json:"name"`
	// Kind is "linear", "fewshot", "knn", "supervised", "nnc", "memorization" or "quality"; the same as
	// Name where the file does not say.
	Kind string `json:"kind"`
	// Options are the options of the kind, with their defaults in place.
	Options Options `json:"options"`
}

// Match names the cells that have these names. A name that is "" matches all.
type Match struct {
	Encoder  string `toml:"encoder" json:"encoder,omitempty"`
	Data     string `toml:"data" json:"data,omitempty"`
	Protocol string `toml:"protocol" json:"protocol,omitempty"`
}

// matches reports whether a cell is named.
func (m Match) matches(c Cell) bool {
	return (m.Encoder == "" || m.Encoder == c.Encoder) && (m.Data == "" || m.Data == c.Data) && (m.Protocol == "" || m.Protocol == c.Protocol)
}

// Engine has the settings of the engines, each nil where the suite has none.
type Engine struct {
	Slurm      *Slurm      `toml:"slurm" json:"slurm,omitempty"`
	Kubernetes *Kubernetes `toml:"kubernetes" json:"kubernetes,omitempty"`
}

// Slurm are the settings of jobs for Slurm. What is empty is left to the cluster.
type Slurm struct {
	// Partition, Time and Memory are written as sbatch takes them.
	Partition string `toml:"partition" json:"partition,omitempty"`
	Time      string `toml:"time" json:"time,omitempty"`
	// Cpus, Memory and Gpus are what one cell gets.
	Cpus   int    `toml:"cpus" json:"cpus,omitempty"`
	Memory string `toml:"memory" json:"memory,omitempty"`
	Gpus   int    `toml:"gpus" json:"gpus,omitempty"`
	// Parallel is the most cells that run at a time; 0: as many as the cluster likes.
	Parallel int `toml:"parallel" json:"parallel,omitempty"`
	// Setup are lines of shell before the program, Extra are more options of sbatch.
	Setup []string `toml:"setup" json:"setup,omitempty"`
	Extra []string `toml:"extra" json:"extra,omitempty"`
}

// Kubernetes are the settings of jobs for Kubernetes.
type Kubernetes struct {
	// Image is the container image with the program, Program the program's path in it ("": /repbench),
	// Namespace where the job runs.
	Image     string `toml:"image" json:"image,omitempty"`
	Program   string `toml:"program" json:"program,omitempty"`
	Namespace string `toml:"namespace" json:"namespace,omitempty"`
	// Claim is the ReadWriteMany volume claim that holds the suite's folder.
	Claim string `toml:"claim" json:"claim,omitempty"`
	// Mount is where the root of the claim is seen, by pods and by the machine that submits; "": the
	// folder that the suite's folder lies in.
	Mount string `toml:"mount" json:"mount,omitempty"`
	// CPU, Memory and Gpus are what one cell gets.
	CPU    string `toml:"cpu" json:"cpu,omitempty"`
	Memory string `toml:"memory" json:"memory,omitempty"`
	Gpus   int    `toml:"gpus" json:"gpus,omitempty"`
	// Parallel is the most cells that run at a time; 0: one for each.
	Parallel int `toml:"parallel" json:"parallel,omitempty"`
	// Queue is the name of a queue of Kueue; "": none.
	Queue string `toml:"queue" json:"queue,omitempty"`
}
