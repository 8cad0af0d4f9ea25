package explore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"repbench/internal/progress"
	"repbench/internal/webpage"
	"repbench/vis"
	"repbench/vis/forget"
	"repbench/vis/latent"
)

// embedded are the files of the page.
//
//go:embed page
var embedded embed.FS

// DefaultSamples is the number of samples on a page of the grid.
const DefaultSamples = 48

// Options say what is explored. Generator and Pool are required.
type Options struct {
	// Generator makes the images, with fixed statistics.
	Generator *vis.Generator
	// Pool is the samples.
	Pool latent.Pool
	// Seed draws what the figures draw.
	Seed uint64
	// Samples is the number of samples that are shown at once; 0: DefaultSamples.
	Samples int
	// Boxes is the file of boxes that is read at the start, where it exists, and written when the
	// user saves; "": boxes can only be downloaded.
	Boxes string
	// Reader opens what finds the second object in images of a model of the set shapes, and reports
	// how far it is where it must be fitted first; nil for other models.
	Reader func(ctx context.Context, report progress.Reporter) (forget.Reader, error)
	// Command says how the commands that the page shows name the model.
	Command Command
}

// Explorer answers the requests of a page.
type Explorer struct {
	o        Options
	queue    *queue
	progress *status

	// What follows is touched by the one request that works.
	dropper *forget.Dropper
	layer   int // of dropper
	reader  forget.Reader
}

// maxSamples bounds the samples that are shown at once.
const maxSamples = vis.BatchSize

// New checks the options and reads the file of boxes, where it exists.
func New(o Options) (*Explorer, error) {
	if o.Samples == 0 {
		o.Samples = DefaultSamples
	}
	switch {
	case o.Generator == nil || o.Pool.N == 0:
		return nil, errors.New("explore: no generator, or no samples")
	case o.Generator.BatchNorm != vis.Fixed:
		return nil, fmt.Errorf("explore: the mode %s of batch normalisation makes an image depend on its neighbours; use %s", o.Generator.BatchNorm, vis.Fixed)
	case o.Samples < 1 || o.Samples > maxSamples:
		return nil, fmt.Errorf("%w: %d samples at once; 1 to %d can be shown", latent.ErrOptions, o.Samples, maxSamples)
	}
	e := &Explorer{o: o, queue: newQueue(), progress: &status{}}
	_, err := e.readBoxes()
	return e, err
}

// Page is the page, to be served at an address of this machine.
func (e *Explorer) Page(address string) (*webpage.Page, error) {
	files, err := fs.Sub(embedded, "page")
	if err != nil {
		return nil, err
	}
	return webpage.New(webpage.Options{Files: files, Routes: e.routes(), Address: address, MaxUpload: maxUpload})
}

// Close releases what requests have opened, once the page is no longer served. The generator
// stays open.
func (e *Explorer) Close() {
	e.queue.stop()
	if e.dropper != nil {
		e.dropper.Close()
	}
}

// routes are the requests of the page. Each lane has one request at a time.
func (e *Explorer) routes() []webpage.Route {
	return []webpage.Route{
		{Method: "GET", Path: "api/model", Handle: e.model},
		{Method: "GET", Path: "api/progress", Handle: e.progress.answer},
		{Method: "POST", Path: "api/samples", Handle: e.queued("samples", webpage.JSON(e.samples))},
		{Method: "POST", Path: "api/frame", Handle: e.queued("frame", webpage.JSON(e.frame))},
		{Method: "POST", Path: "api/walk", Handle: e.queued("figure", webpage.JSON(e.walk))},
		{Method: "POST", Path: "api/arithmetic", Handle: e.queued("figure", webpage.JSON(e.arithmetic))},
		{Method: "POST", Path: "api/turn", Handle: e.queued("figure", webpage.JSON(e.turn))},
		{Method: "POST", Path: "api/boxes", Handle: e.queued("boxes", webpage.JSON(e.saveBoxes))},
		{Method: "POST", Path: "api/forget/boxes", Handle: e.queued("figure", webpage.JSON(e.findBoxes))},
		{Method: "POST", Path: "api/forget/maps", Handle: e.queued("figure", webpage.JSON(e.findMaps))},
		{Method: "POST", Path: "api/forget/score", Handle: e.queued("figure", webpage.JSON(e.scoreForget))},
		{Method: "POST", Path: "api/invert", Handle: e.queued("figure", e.invert)},
	}
}
