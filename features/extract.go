package features

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/internal/progress"
)

// ErrOther is wrapped by the error of Extract when the folder holds features of
// another encoder, data set or setting.
var ErrOther = errors.New("the folder holds other features")

// unfinished is the state of an extraction on disk.
type unfinished struct {
	CacheKey string `json:"cache_key"`
	Backend  string `json:"backend"`
	// Stats are sums of batch-norm statistics, or of k-means features after their
	// dictionary, that earlier versions kept here and not in separate files.
	Stats   *earlierSums   `json:"stats,omitempty"`
	Rows    map[string]int `json:"rows"` // synced rows of each split
	Seconds float64        `json:"seconds"`
}

// earlierSums are sums over the first batches, with their number.
type earlierSums struct {
	Batches int         `json:"batches"`
	Sums    [][]float64 `json:"sums"`
}

// extraction is one call of Extract.
type extraction struct {
	enc   *Encoder
	dir   string
	meta  *store.Meta
	state unfinished
	began time.Time
	prog  progress.Reporter
	speed speed
}

// Extract writes the features of every split of ds into dir: matrices, labels,
// ids and meta.json (see docs/features.md). The matrix is never held in memory.
//
// When dir already holds just these features they are left as they are, and described
// by the caller's own encoder and data set. An
// extraction that was interrupted goes on where it stopped, with the same result.
// A folder with other features, finished or not, is refused with ErrOther.
//
// A folder with damaged files is an error that says what to remove; see ExtractCached.
func (e *Encoder) Extract(ctx context.Context, ds *datasets.Dataset, dir string, p progress.Reporter) (*store.Meta, error) {
	return e.extract(ctx, ds, dir, p, false)
}

// ExtractCached is Extract for a folder of the cache: features that are damaged are made anew, and a
// folder that another process is filling is waited for.
func (e *Encoder) ExtractCached(ctx context.Context, ds *datasets.Dataset, dir string, p progress.Reporter) (*store.Meta, error) {
	return e.extract(ctx, ds, dir, p, true)
}

func (e *Encoder) extract(ctx context.Context, ds *datasets.Dataset, dir string, p progress.Reporter, anew bool) (*store.Meta, error) {
	layers, err := e.layersFor(ds)
	if err != nil {
		return nil, err
	}
	own := func(name string) bool { return name == "records.jsonl" || store.Owns(name) }
	if err := outputs.Foreign(dir, "a folder of features", own, store.MetaFile, filepath.Base(store.ProgressPath(dir))); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir, anew, p)
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	x := &extraction{enc: e, dir: dir, meta: e.meta(ds, layers), began: time.Now(), prog: progress.Or(p)}
	if done, err := x.existing(anew); done != nil || err != nil {
		return done, err
	}
	if err := x.resume(); err != nil {
		return nil, err
	}
	if err := x.save(); err != nil { // the folder is this extraction's from now on
		return nil, err
	}
	if err := e.net.Prepare(ctx, ds, p, x.kept()); err != nil {
		return nil, err
	}
	x.state.Stats = nil
	for _, s := range ds.Splits {
		if err := x.split(ctx, s); err != nil {
			return nil, err
		}
	}
	x.meta.Seconds = x.seconds()
	x.meta.Cost = x.cost()
	if err := jsonfile.Write(filepath.Join(dir, store.MetaFile), x.meta); err != nil {
		return nil, err
	}
	return x.meta, os.Remove(store.ProgressPath(x.dir))
}

// waitEvery is how often a process looks whether the folder that it waits for is free.
const waitEvery = 200 * time.Millisecond

// lockFolder locks a folder of features. One that another process is writing is waited for where
// wait says so, else it is an error.
func lockFolder(ctx context.Context, dir string, wait bool, p progress.Reporter) (*flock.Flock, error) {
	lock := flock.New(store.LockPath(dir))
	ok, err := lock.TryLock()
	if err == nil && !ok && wait {
		task := progress.Or(p).Start("wait for another process that makes the same features", 0, "")
		defer task.Done()
		if ok, err = lock.TryLockContext(ctx, waitEvery); ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted while another process made the features in %s; the same command goes on: %w", dir, context.Cause(ctx))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("lock features folder %s: %w", dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("features folder %s is in use by another process", dir)
	}
	return lock, nil
}

// layersFor checks that all splits have images the encoder takes.
func (e *Encoder) layersFor(ds *datasets.Dataset) (layers []matrix.Layer, err error) {
	if len(ds.Splits) == 0 {
		return nil, fmt.Errorf("data set %s is empty", ds.Name)
	}
	for _, s := range ds.Splits {
		if layers, err = e.Layers(s.Images); err != nil {
			return nil, fmt.Errorf("data set %s, split %s: %w", ds.Name, s.Name, err)
		}
	}
	return layers, nil
}

// existing returns the description of these very features if the folder holds them.
// What they are called and what is to be known of them is the caller's: another may have
// made the same features under another name.
// Damaged ones are removed where they are to be made anew, and else an error.
func (x *extraction) existing(anew bool) (*store.Meta, error) {
	if _, err := os.Stat(filepath.Join(x.dir, store.MetaFile)); err != nil {
		return nil, nil
	}
	old, err := store.ReadMeta(x.dir)
	if err != nil {
		return nil, err
	}
	if old.CacheKey != x.meta.CacheKey {
		return nil, differ(x.meta, old, x.dir)
	}
	if damage := old.Check(x.dir); damage != nil && anew {
		return nil, old.Discard(x.dir)
	} else if damage != nil {
		return nil, fmt.Errorf("%w; remove %s and give the same command again, which makes all features anew", damage, filepath.Join(x.dir, store.MetaFile))
	}
	mine := *x.meta
	mine.Backend, mine.Seconds, mine.Cost = old.Backend, old.Seconds, old.Cost
	return &mine, nil
}

// resume reads the state of an interrupted extraction. One on another backend
// is begun again, for its rows would be rounded otherwise.
func (x *extraction) resume() error {
	x.state = unfinished{CacheKey: x.meta.CacheKey, Backend: x.meta.Backend, Rows: map[string]int{}}
	var old unfinished
	err := jsonfile.Read(store.ProgressPath(x.dir), &old)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w; the state of an extraction that was stopped is damaged: remove %s to begin it again", err, x.dir)
	}
	if old.CacheKey != x.state.CacheKey {
		return fmt.Errorf("%s: %w, not finished; choose another folder, or remove this one", x.dir, ErrOther)
	}
	if old.Backend == x.state.Backend && old.Rows != nil {
		x.state = old
	}
	return nil
}

func (x *extraction) seconds() float64 { return x.state.Seconds + time.Since(x.began).Seconds() }

func (x *extraction) save() error {
	s := x.state
	s.Seconds = x.seconds()
	return jsonfile.Write(store.ProgressPath(x.dir), s)
}

// kept is the folder as the place of what the encoder learns.
func (x *extraction) kept() encoder.Kept {
	k := encoder.Kept{Dir: x.dir}
	if s := x.state.Stats; s != nil && s.Batches > 0 {
		k.Earlier = append([]float64{float64(s.Batches)}, slices.Concat(s.Sums...)...)
	}
	return k
}

// split writes the files of one split.
func (x *extraction) split(ctx context.Context, s *datasets.Split) error {
	path := store.FeaturesPath(x.dir, s.Name)
	done := x.state.Rows[s.Name]
	if _, err := os.Stat(path); err == nil && done == s.Images.N {
		return nil
	}
	if !store.HasRows(path, x.enc.Options.dtype(), s.Images.N, x.meta.Dim, done) {
		done = 0
	}
	g, err := store.OpenPartial(path, x.enc.Options.dtype(), s.Images.N, x.meta.Dim, done)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := x.rows(ctx, g, s); err != nil {
		return err
	}
	if err := x.labels(s); err != nil {
		return err
	}
	// The state says that the rows are whole before the matrix gets its name, so
	// that a kill at any moment leaves one of the two to go on from.
	if err := x.saveRows(g, s.Name); err != nil {
		return err
	}
	return g.Commit()
}

// rows encodes the images that are not in the file yet.
func (x *extraction) rows(ctx context.Context, g *store.PartialMatrix, s *datasets.Split) error {
	task := x.prog.Start("extract "+s.Name, int64(s.Images.N), "images")
	defer task.Done()
	progress.Earlier(task, int64(g.Rows))
	began, first := time.Now(), g.Rows
	defer func() { x.speed.add(g.Rows-first, time.Since(began)) }()
	w := &rowWriter{x: x, g: g, split: s, task: task, saved: time.Now()}
	if n, ok := x.enc.net.(encoder.Streamed); ok {
		return w.stream(ctx, n)
	}
	return w.encode(ctx)
}

// saveRows makes the rows so far safe. In the mode Batch a continued extraction
// keeps its batches, since rows are written batch by batch.
func (x *extraction) saveRows(g *store.PartialMatrix, split string) error {
	if err := g.Sync(); err != nil {
		return err
	}
	x.state.Rows[split] = g.Rows
	return x.save()
}

func (x *extraction) labels(s *datasets.Split) error {
	if s.Labels != nil {
		path := store.LabelsPath(x.dir, s.Name)
		if err := npy.Write(path, []int{len(s.Labels)}, s.Labels); err != nil {
			return err
		}
	}
	if err := x.factors(s); err != nil {
		return err
	}
	ids := strings.Join(s.IDs, "\n") + "\n"
	return atomicfile.WriteFile(store.IDsPath(x.dir, s.Name), []byte(ids), 0o644)
}

// factors writes what is known of drawn images, one JSON object a line.
func (x *extraction) factors(s *datasets.Split) error {
	if s.Factors == nil {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, f := range s.Factors {
		if err := enc.Encode(f); err != nil {
			return fmt.Errorf("factors of split %s: %w", s.Name, err)
		}
	}
	return atomicfile.WriteFile(store.FactorsPath(x.dir, s.Name), b.Bytes(), 0o644)
}
