package datasets

import (
	"context"
	"image"
	"sync"
	"sync/atomic"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/picture"
	"repbench/internal/progress"
)

// decodePass is one pass over the sources in which several goroutines decode all images. At
// most about 2·threads files are in memory at a time.
type decodePass struct {
	set      *imageSet
	threads  int
	task     progress.Task
	first    string // the image whose size is the size of all
	size     image.Point
	channels int
	rotate   bool
	prepare  string    // the command that gives all images one size, in quotes
	buffers  sync.Pool // of *[]byte, for files read from archives

	colour   atomic.Bool  // a colour image was found although channels is 1
	oriented atomic.Int64 // images with an orientation other than upright

	mu     sync.Mutex
	err    error // of the earliest image that failed
	failed atomic.Int64
}

// decodeWorker decodes one image after another.
type decodeWorker struct {
	picture.Decoder
	file []byte // content of the current file
}

// job is one image to decode.
type job struct {
	found
	data *[]byte // content, or nil: to be read by the worker
}

// decode fills in the pixels of all splits, and counts the images with an orientation other
// than upright. If the first image is grey, the set is decoded with one channel, and again with
// three if a colour image is found.
func (s *imageSet) decode(ctx context.Context, o Options) (oriented int, err error) {
	first, cfg, err := s.firstConfig(ctx, o.ExifRotate)
	if err != nil {
		return 0, err
	}
	channels := picture.Channels(cfg)
	for {
		if err := s.allocate(cfg.Height, cfg.Width, channels, o); err != nil {
			return 0, content.Bad(s.lists[0].src.Path(), "", "%v", err)
		}
		p := &decodePass{set: s, threads: o.Threads, prepare: o.prepareCommand(), first: first, size: image.Pt(cfg.Width, cfg.Height), channels: channels, rotate: o.ExifRotate}
		p.task = o.Progress.Start("decode", s.count(), "images")
		err := p.run(ctx)
		p.task.Done()
		if err != nil || !p.colour.Load() {
			return int(p.oriented.Load()), err
		}
		channels = 3
	}
}

// count returns the number of images in all splits.
func (s *imageSet) count() int64 {
	n := 0
	for _, split := range s.splits {
		n += len(split.IDs)
	}
	return int64(n)
}

// firstConfig reads the header of the first image of the first source.
func (s *imageSet) firstConfig(ctx context.Context, rotate bool) (name string, cfg image.Config, err error) {
	err = s.walk(ctx, func(f found) error {
		name = f.item.name
		data, err := f.entry.Read(nil, maxFile)
		if err != nil {
			return content.BadRead(f.file, name, err)
		}
		if cfg, _, err = picture.TurnedConfig(data, rotate); err != nil {
			return imageError(f.file, name, err)
		}
		return archive.ErrStop
	})
	return name, cfg, err
}

func (p *decodePass) run(ctx context.Context) error {
	jobs := make(chan job, p.threads)
	var wg sync.WaitGroup
	for range p.threads {
		wg.Go(func() {
			var w decodeWorker
			for j := range jobs {
				p.work(&w, j)
			}
		})
	}
	err := p.feed(ctx, jobs)
	close(jobs)
	wg.Wait()
	if p.err != nil { // from an image before the one at which feed stopped
		return p.err
	}
	return err
}

// feed walks the sources and sends the images in their order.
func (p *decodePass) feed(ctx context.Context, jobs chan<- job) error {
	return p.set.walk(ctx, func(f found) error {
		if p.failed.Load() > 0 {
			return archive.ErrStop
		}
		j := job{found: f}
		if err := p.load(&j); err != nil {
			return err
		}
		select {
		case jobs <- j:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// load reads the content of an archive's entry, which the worker cannot do.
func (p *decodePass) load(j *job) error {
	if j.entry.Keeps {
		return nil
	}
	buf, _ := p.buffers.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	data, err := j.entry.Read((*buf)[:0], maxFile)
	if err != nil {
		return content.BadRead(j.file, j.entry.Name, err)
	}
	*buf, j.data = data, buf
	return nil
}

// work decodes one image and keeps the earliest failure, so that the same damage always gives
// the same message.
func (p *decodePass) work(w *decodeWorker, j job) {
	err := p.decodeOne(w, j)
	if j.data != nil {
		p.buffers.Put(j.data)
	}
	if err == nil {
		p.task.Add(1)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := p.failed.Load(); at == 0 || int64(j.seq) < at-1 {
		p.failed.Store(int64(j.seq) + 1)
		p.err = err
	}
}

func (p *decodePass) decodeOne(w *decodeWorker, j job) error {
	data := w.file[:0]
	if j.data != nil {
		data = *j.data
	} else {
		var err error
		if data, err = j.entry.Read(data, maxFile); err != nil {
			return content.BadRead(j.file, j.entry.Name, err)
		}
		w.file = data
	}
	cfg, orientation, err := picture.TurnedConfig(data, p.rotate)
	if err != nil {
		return imageError(j.file, j.entry.Name, err)
	}
	if size := image.Pt(cfg.Width, cfg.Height); size != p.size {
		return sizesError{content.Bad(j.file, j.entry.Name, "it has %d×%d pixels and %s has %d×%d; prepare the set first (%s), so that all images have one size",
			size.X, size.Y, p.first, p.size.X, p.size.Y, p.prepare)}
	}
	if p.channels == 1 && picture.Channels(cfg) != 1 {
		p.colour.Store(true)
		return nil
	}
	if orientation != exif.Upright {
		p.oriented.Add(1)
	}
	if !p.rotate {
		orientation = exif.Upright
	}
	dst := p.set.splits[j.slot.split].Images.At(j.slot.pos)
	if err := w.DecodeTurned(dst, data, cfg.Width, cfg.Height, p.channels, orientation); err != nil {
		return imageError(j.file, j.entry.Name, err)
	}
	return nil
}

func imageError(file, name string, err error) error {
	return &content.Error{File: file, Record: name, Reason: "the image cannot be read", Err: err}
}

// maxFile is the largest size of an image file; the largest photographs of ImageNet have 15 MB.
const maxFile = 64 << 20
