package train

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/jsonfile"
)

// What follows serves trainings of other models than DCGANs, so that their run
// folders, checkpoints, optimiser and order of images are the same.

// Folder is an open run folder, locked against other processes.
type Folder struct{ f *folder }

// OpenFolder creates or opens a run folder and checks c, a struct with JSON
// names, against the config.json in it; fields named in free may differ, others
// are refused with an error wrapping ErrDiffers. old is nil for a new folder.
func OpenFolder[C any](dir string, c C, free ...string) (_ *Folder, old *C, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	f, err := lockFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	old, err = readOld[C](dir)
	switch {
	case err == nil && old == nil:
		err = f.unbegun()
	case err == nil:
		if diff := fieldDifferences(c, *old, free...); len(diff) > 0 {
			err = f.differs(diff)
		}
	}
	if err == nil {
		f.options, err = optionsHash(c, free...)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return &Folder{f}, old, nil
}

// readOld reads a folder's config.json, if it has one.
func readOld[C any](dir string) (*C, error) {
	if _, err := os.Stat(filepath.Join(dir, configFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	c, err := ReadConfigAs[C](dir)
	return &c, err
}

// Close unlocks the folder.
func (f *Folder) Close() error { return f.f.close() }

// Configure writes config.json.
func (f *Folder) Configure(c any) error {
	return jsonfile.Write(filepath.Join(f.f.dir, configFile), c)
}

// Logf appends a line with the time of day to log.txt.
func (f *Folder) Logf(format string, args ...any) error { return f.f.logf(format, args...) }

// AppendMetrics appends m as a line of metrics.jsonl.
func (f *Folder) AppendMetrics(m any) error { return f.f.appendMetrics(m) }

// Rewind drops the lines of metrics.jsonl after a step and a last line that a
// kill cut short, and returns the last line that stays.
func Rewind[M any](f *Folder, step int64, stepOf func(M) int64) (last M, err error) {
	return rewind(f.f, step, stepOf)
}

// Save writes a checkpoint of all arrays of the store and keeps the newest ones.
// Arrays that are not finite are refused with an error wrapping ErrDiverged.
func (f *Folder) Save(store *model.Store, s State, keep int) error {
	s.Options = f.f.options
	if err := saveStore(store, f.f.dir, s); err != nil {
		return err
	}
	return prune(f.f.dir, keep)
}

// Resume is Restore for a training that goes on in the folder: a checkpoint that
// was written with other options is refused with an error wrapping ErrDiffers.
func (f *Folder) Resume(store *model.Store) (*State, error) {
	s, err := Restore(store, f.f.dir)
	if err != nil || s == nil {
		return nil, err
	}
	return s, f.f.owns(*s)
}

// RestoreAs is Restore for a folder whose config.json is c, read from it; a
// checkpoint that was written with other options is refused as by Resume.
func RestoreAs(store *model.Store, run string, c any, free ...string) (*State, error) {
	s, err := Restore(store, run)
	if err != nil || s == nil {
		return nil, err
	}
	options, err := optionsHash(c, free...)
	if err != nil {
		return nil, err
	}
	return s, s.writtenWith(run, options)
}

// Restore reads the newest checkpoint of a run folder into the store, all of
// whose variables it must hold. The state is nil where there is no checkpoint.
func Restore(store *model.Store, run string) (*State, error) {
	dirs, err := checkpoints(run)
	if err != nil || len(dirs) == 0 {
		return nil, err
	}
	s, err := loadStore(store, dirs[len(dirs)-1])
	return &s, err
}

// Batches is the order in which a training sees its images: shuffled anew each
// epoch, images left over after the last whole batch waiting for the next one.
type Batches struct{ b *batcher }

// NewBatches orders n images, at least one batch.
func NewBatches(n, batch int, seed uint64) Batches { return Batches{newBatcher(n, batch, seed)} }

// Indices are the images of a step (0, 1, …), valid until the next call.
func (b Batches) Indices(step int64) []int { return b.b.indices(step) }

// Corrections are 1/(1-Beta1^t) and 1/(1-Beta2^t) for update t = 1, 2, …, the
// bias corrections that Minimise takes, as one array [2].
func (a Adam) Corrections(t int64) *tensors.Tensor {
	c1, c2 := a.corrections(t)
	return tensors.FromFlatDataAndDimensions([]float32{c1, c2}, 2)
}

// AddMoments creates zero moments in the store for the float32 variables at paths.
func AddMoments(store *model.Store, paths []string) error {
	for _, path := range paths {
		shape := store.GetVariable(path).Shape()
		for _, moment := range []string{firstMoment(path), secondMoment(path)} {
			if _, err := store.CreateVariable(moment, tensors.FromShape(shape)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Minimise builds one update of the variables at paths, which have moments,
// against loss; corrections [2] are those of the update.
func (a Adam) Minimise(store *model.Store, paths []string, loss, corrections *graph.Node) {
	ps := make([]param, len(paths))
	for i, path := range paths {
		ps[i].path = path
	}
	a.minimise(store, ps, loss, element(corrections, 0), element(corrections, 1))
}

// Store holds the model's arrays by path, for graphs built outside this package.
func (m *Model) Store() *model.Store { return m.store }

// ConvolutionPaths are the paths of the parameters of D's convolution layers and
// their batch norm: all of D's but its dense layer.
func (a Arch) ConvolutionPaths() []string {
	ps := convParams("/"+discScope, a.Channels, a.Discriminator)
	paths := make([]string, len(ps))
	for i, p := range ps {
		paths[i] = p.path
	}
	return paths
}

// FinalSize is the number of values of D's last convolution layer.
func (a Arch) FinalSize() int { return a.finalSize() }

// AddRunning creates D's running batch-norm statistics: mean 0, variance 1.
func (m *Model) AddRunning() { m.addRunning() }

// UpdateRunning builds an update of the running statistics by those of a batch:
// 0.9 of the old value and 0.1 of the new one.
func (m *Model) UpdateRunning(stats []*Stats) { updater{model: m}.updateRunning(stats) }
