package prepare

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"repbench/datasets"
	"repbench/datasets/internal/exif"
	"repbench/internal/jsonfile"
	"repbench/internal/progress"
	"repbench/internal/version"
)

// The progress of a run is recorded whenever a tenth of the elapsed time has passed since the
// last record, within these limits: a killed run loses little, and waiting for the disk costs
// little.
const (
	saveLeast = 50 * time.Millisecond
	saveMost  = 3 * time.Second
)

// Result is the outcome of a preparation.
type Result struct {
	// Sets are the prepared sets, one per size, the smallest first.
	Sets []Set `json:"sets"`
	// ResumedAt is the number of images that an earlier run had finished.
	ResumedAt int `json:"resumed_at"`
	// Images is the number of all images.
	Images int `json:"images"`
	// Seconds is the duration of this run.
	Seconds float64 `json:"seconds"`
	// Notes tell a user how the set was read.
	Notes []string `json:"notes,omitempty"`
}

// Set is a prepared set.
type Set struct {
	// Dir is its folder; prepared:Dir is its specification.
	Dir string `json:"dir"`
	*datasets.Manifest
}

// Run prepares the set of a specification into folder dir, which it creates. Started again with
// the same options after an interruption, it resumes; if the work is already done, it returns
// the existing result. Unreadable images are left out and listed; too many of them give
// ErrTooManyBad, and another preparation in the folder gives ErrDiffers.
func Run(ctx context.Context, spec, dir string, o Options) (*Result, error) {
	started := time.Now()
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	f, err := openFeed(ctx, spec, o.Data)
	if err != nil {
		return nil, err
	}
	own := f.channels
	f.channels = cmp.Or(o.Channels, own)
	t, err := openTarget(dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	r := &run{o: o, feed: f, target: t, started: started, own: own, id: identity{
		Name: f.name, Source: f.source, Fingerprint: f.fingerprint(),
		Sizes: o.Sizes, Filter: o.Filter.String(), Decode: o.Decode.String(), ExifRotate: o.Data.ExifRotate,
		Channels: f.channels,
	}}
	return r.run(ctx)
}

// run is one call of Run.
type run struct {
	o      Options
	feed   *feed
	target target
	id     identity
	own    int // channels without Options.Channels
	state  *state
	parts  *parts

	started time.Time // of the call
	began   time.Time // of decoding
	saved   time.Time
	pending chan error // of a record that is being written, or nil
}

func (r *run) run(ctx context.Context) (*Result, error) {
	res := &Result{Images: r.feed.count, Notes: r.feed.notes}
	done, err := r.target.finished(r.id, r.o)
	if err != nil {
		return nil, err
	}
	if done != nil {
		res.ResumedAt = r.feed.count
		return r.result(res, done), nil
	}
	if r.state, err = r.target.resume(r.id, r.own); err != nil {
		return nil, err
	}
	res.ResumedAt = r.state.Done
	if !r.state.Finishing {
		if err := r.images(ctx); err != nil {
			return nil, err
		}
	}
	if done, err = r.finish(ctx); err != nil {
		return nil, err
	}
	return r.result(res, done), nil
}

func (r *run) result(res *Result, done []*datasets.Manifest) *Result {
	for _, m := range done {
		res.Sets = append(res.Sets, Set{Dir: r.target.folder(r.o, m.Size), Manifest: m})
	}
	if n := exif.Note(done[0].Oriented, r.feed.count, done[0].ExifRotate); n != "" {
		res.Notes = append(slices.Clone(res.Notes), n)
	}
	res.Seconds = time.Since(r.started).Seconds()
	return res
}

// images prepares all remaining images.
func (r *run) images(ctx context.Context) (err error) {
	if err := r.checkBad(); err != nil {
		return err
	}
	if r.parts, err = openParts(r.target, r.feed, r.o); err != nil {
		return err
	}
	defer r.parts.close()
	task := r.o.Progress.Start("prepare", int64(r.feed.count), "images")
	defer task.Done()
	progress.Earlier(task, int64(r.state.Done))
	r.began, r.saved = time.Now(), time.Now()
	p := &pipeline{o: r.o, feed: r.feed, parts: r.parts, task: task}
	err = p.run(ctx, r.state.Done, r.collected)
	if err == nil && r.state.Done != r.feed.count {
		err = fmt.Errorf("%s: %d images came, and %d were planned", r.feed.source, r.state.Done, r.feed.count)
	}
	if err != nil {
		if serr := r.save(); serr != nil { // so that little is lost
			return fmt.Errorf("%w (and the state cannot be written: %w)", err, serr)
		}
		return err
	}
	r.state.Finishing = true
	return r.save()
}

// collected counts an image.
func (r *run) collected(bad []badImage, oriented bool) error {
	if len(bad) > 0 {
		before := len(r.state.Bad)
		r.state.Bad = append(r.state.Bad, bad...)
		if err := r.checkBad(); err != nil {
			r.state.Bad = r.state.Bad[:before] // the next run will find it again
			return err
		}
	}
	r.state.Done++
	if oriented {
		r.state.Oriented++
	}
	return r.saveLater()
}

// checkBad returns an error if, at any size, more images are bad than allowed.
func (r *run) checkBad() error {
	allowed := int(*r.o.MaxBad * float64(r.feed.count))
	if len(r.state.Bad) <= allowed {
		return nil
	}
	for _, n := range r.o.Sizes {
		bad := r.state.badAt(n)
		if len(bad) <= allowed {
			continue
		}
		b, where := bad[len(bad)-1], ""
		if b.Size != 0 {
			where = fmt.Sprintf(" at size %d", b.Size)
		}
		return fmt.Errorf("%w%s: %d of the first %d, where %d of all %d are allowed; the last is %s; "+
			"repair the files, or allow a larger share with --max-bad and start again", ErrTooManyBad, where, len(bad), r.state.Done+1, allowed, r.feed.count, b.BadImage)
	}
	return nil
}

// saveLater starts a record if it is due. It is written while the work continues, which a slow
// disk would otherwise delay.
func (r *run) saveLater() error {
	if r.pending != nil {
		select {
		case err := <-r.pending:
			if r.pending = nil; err != nil {
				return err
			}
		default:
			return nil
		}
	}
	if wait := min(saveMost, max(saveLeast, time.Since(r.began)/10)); time.Since(r.saved) < wait {
		return nil
	}
	now, pending := *r.state, make(chan error, 1)
	now.Bad = slices.Clone(now.Bad)
	r.saved, r.pending = time.Now(), pending
	go func() { pending <- r.record(&now) }()
	return nil
}

// save records the progress of the run, and waits for the record.
func (r *run) save() error {
	if r.pending != nil {
		err := <-r.pending
		if r.pending = nil; err != nil {
			return err
		}
	}
	return r.record(r.state)
}

// record syncs the pixels to disk, at least those of s, and then writes s.
func (r *run) record(s *state) error {
	if err := r.parts.sync(); err != nil {
		return err
	}
	return jsonfile.Write(r.target.work(stateFile), s)
}

// finish publishes the sets, the manifests last.
func (r *run) finish(ctx context.Context) ([]*datasets.Manifest, error) {
	for _, n := range r.o.Sizes {
		if err := r.checkSplits(n); err != nil {
			return nil, err
		}
	}
	var out []*datasets.Manifest
	for _, n := range r.o.Sizes {
		m, err := r.publish(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	for _, m := range out {
		if err := jsonfile.Write(filepath.Join(r.target.folder(r.o, m.Size), datasets.ManifestFile), m); err != nil {
			return nil, err
		}
	}
	return out, os.RemoveAll(r.target.work())
}

// checkSplits returns an error for a split without any good image at size n.
func (r *run) checkSplits(n int) error {
	for i, places := range r.badPlaces(n) {
		s := r.feed.splits[i]
		if len(places) < len(s.IDs) {
			continue
		}
		bad := r.state.badAt(n)
		first := bad[slices.IndexFunc(bad, func(b badImage) bool { return b.Split == s.Name })]
		where := ""
		if first.Size != 0 {
			where = fmt.Sprintf(" at size %d", n)
		}
		return fmt.Errorf("%s: none of the %s images can be read%s; the first is %s", r.feed.source, s.Name, where, first.BadImage)
	}
	return nil
}

// badPlaces returns the positions of the images of each split that are bad at size n.
func (r *run) badPlaces(n int) []map[int]bool {
	index := r.feed.splitIndex()
	out := make([]map[int]bool, len(r.feed.splits))
	for i := range out {
		out[i] = map[int]bool{}
	}
	for _, b := range r.state.badAt(n) {
		if i, ok := index[b.Split]; ok {
			out[i][b.Pos] = true
		}
	}
	return out
}

// badImages returns the images that are bad at size n, for the manifest.
func (r *run) badImages(n int) []datasets.BadImage {
	var out []datasets.BadImage
	for _, b := range r.state.badAt(n) {
		out = append(out, b.BadImage)
	}
	return out
}

// publish writes the files of one size except the manifest, which it returns.
func (r *run) publish(ctx context.Context, n int) (*datasets.Manifest, error) {
	dir, bad := r.target.folder(r.o, n), r.badPlaces(n)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	m := &datasets.Manifest{
		Version: datasets.ManifestVersion, Program: version.Version,
		Name: r.id.Name, Source: r.id.Source, Fingerprint: r.id.Fingerprint,
		Size: n, Channels: r.feed.channels, Filter: r.id.Filter, Decode: r.id.Decode,
		ExifRotate: r.id.ExifRotate, Oriented: r.state.Oriented,
		Classes: r.feed.classes, Titles: r.feed.titles, Bad: r.badImages(n),
	}
	if m.Classes == nil {
		m.Classes = []string{} // an empty list in the file, not null
	}
	for i, s := range r.feed.splits {
		ms := datasets.ManifestSplit{Name: s.Name, Images: len(s.IDs) - len(bad[i]), Labelled: s.Labels != nil}
		p := newPart(r.target, r.feed, s, n)
		if err := p.publish(filepath.Join(dir, ms.ImagesFile()), bad[i]); err != nil {
			return nil, err
		}
		if err := writeNames(dir, &ms, s, bad[i]); err != nil {
			return nil, err
		}
		m.Splits = append(m.Splits, ms)
	}
	var err error
	m.Hash, err = m.ContentHash(ctx, dir, r.o.Progress)
	return m, err
}
