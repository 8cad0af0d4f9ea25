package prepare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"repbench/datasets"
	"repbench/datasets/internal/exif"
	"repbench/internal/progress"
)

// job is one image in flight.
type job struct {
	unit
	data []byte           // content of the file, if the feeder read it
	outs [][]byte         // pixels at each size
	errs []error          // error of the image at each size; nil if it is good
	turn exif.Orientation // of the file
	done chan error       // result of writing: nil, or the error that ends the run
}

// pipeline decodes images in parallel. A job goes to a worker and, in the order of the feed, to
// the collector; at most inFlight jobs exist at a time.
type pipeline struct {
	o     Options
	feed  *feed
	parts *parts
	task  progress.Task

	free  chan *job
	work  chan *job
	order chan *job
}

// collected receives the result of each image in the order of the feed. bad is empty for a good
// image; oriented reports that its file has an orientation other than upright.
type collected func(bad []badImage, oriented bool) error

// run prepares the images from number skip on.
func (p *pipeline) run(ctx context.Context, skip int, each collected) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	inFlight := 2*p.o.Threads + 2
	p.free, p.work, p.order = make(chan *job, inFlight), make(chan *job, inFlight), make(chan *job, inFlight)
	for range inFlight {
		p.free <- p.newJob()
	}
	var wg sync.WaitGroup
	for range p.o.Threads {
		wg.Go(p.worker)
	}
	var fed error
	wg.Go(func() {
		fed = p.feedAll(ctx, skip)
		close(p.work)
		close(p.order)
	})
	err := p.collect(each, stop)
	wg.Wait()
	if err != nil {
		return err
	}
	return fed
}

func (p *pipeline) newJob() *job {
	j := &job{done: make(chan error, 1), errs: make([]error, len(p.o.Sizes))}
	for _, n := range p.o.Sizes {
		j.outs = append(j.outs, make([]byte, n*n*p.feed.channels))
	}
	return j
}

// feedAll hands out the images from number skip on.
func (p *pipeline) feedAll(ctx context.Context, skip int) error {
	seq := 0
	err := p.feed.walk(ctx, func(u unit) error {
		if seq++; seq <= skip {
			return nil
		}
		var j *job
		select {
		case j = <-p.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		j.unit, j.data = u, j.data[:0]
		if u.read != nil && !u.keeps {
			var err error
			if j.data, err = u.read(j.data); err != nil {
				return err
			}
		}
		p.work <- j // work has room for all jobs, as order has
		p.order <- j
		return nil
	})
	if err != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}

// worker decodes jobs until there are no more.
func (p *pipeline) worker() {
	w := worker{o: p.o, channels: p.feed.channels}
	for j := range p.work {
		p.prepare(&w, j)
		j.done <- p.parts.write(j)
	}
}

// prepare computes the pixels of a job at each size, and the error at each size: a picture that
// cannot be made at one size may be possible at another.
func (p *pipeline) prepare(w *worker, j *job) {
	err := p.load(j)
	j.turn = exif.Upright
	if j.read != nil && err == nil {
		j.turn = exif.Of(j.data)
	}
	w.begin(j.turn)
	for i, n := range p.o.Sizes {
		switch {
		case err != nil:
			j.errs[i] = err
		case j.read != nil:
			j.errs[i] = w.picture(j.outs[i], j.data, n)
		default:
			j.errs[i] = w.pixels(j.outs[i], j.pix, n)
		}
	}
}

// load reads the content of a job's file if the feeder did not.
func (p *pipeline) load(j *job) (err error) {
	if id := p.feed.splits[j.split].IDs[j.pos]; strings.ContainsAny(id, "\n\r") {
		return errors.New("its name has a line break")
	}
	if j.read != nil && j.keeps {
		j.data, err = j.read(j.data)
	}
	return err
}

// collect waits for the jobs in the order of the feed and reports them. After an error it only
// returns them to the pool, so that feeder and workers come to their end.
func (p *pipeline) collect(each collected, stop context.CancelCauseFunc) error {
	var first error
	for j := range p.order {
		err := <-j.done
		if err == nil && first == nil {
			err = each(p.verdict(j), j.turn != exif.Upright)
		}
		if err != nil && first == nil {
			first = err
			stop(err)
		}
		p.task.Add(1)
		p.free <- j
	}
	return first
}

// verdict lists the errors of an image: once if all sizes have the same error, else for each
// size at which it cannot be made.
func (p *pipeline) verdict(j *job) (bad []badImage) {
	s := p.feed.splits[j.split]
	same := true
	for i, err := range j.errs {
		same = same && err != nil && reason(err) == reason(j.errs[0])
		if err != nil {
			bad = append(bad, badImage{datasets.BadImage{Split: s.Name, ID: s.IDs[j.pos], Reason: reason(err)}, j.pos, p.o.Sizes[i]})
		}
	}
	if same {
		bad = bad[:1]
		bad[0].Size = 0
	}
	return bad
}

// reason words an error about an image without the path of its file, so that the list of bad
// images does not depend on the location of the set.
func reason(err error) string {
	var c *datasets.ContentError
	if !errors.As(err, &c) {
		return err.Error()
	}
	if c.Err == nil {
		return c.Reason
	}
	return strings.TrimPrefix(fmt.Sprintf("%s: %v", c.Reason, c.Err), ": ")
}
