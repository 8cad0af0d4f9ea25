package scene

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/internal/progress"
	"repbench/train/dcgan"
)

// Options say what images are read, and with what.
type Options struct {
	// Size is the side of the images in pixels, 16 to 128.
	Size int
	// Backend computes.
	Backend *backends.Backend
	// Cache names the cache folder, in which the fitted network is kept.
	Cache catalog.Options
	// Progress receives the progress of the fit.
	Progress progress.Reporter
}

// Reader reads images of one size.
type Reader struct {
	size    int
	look    *looker
	quality Quality
}

// Least precision and recall, on held-out drawn images, of a detector that may be used.
const leastQuality = 0.9

// version changes with everything that changes a fitted network: its layers, the settings of its
// fit, the drawn images, and how its quality is measured.
const version = 2

// key names the fitted network in the cache.
func key(size int, backend string) string {
	h := sha256.Sum256(fmt.Appendf(nil, "scene %d, images of %d, %s", version, size, backend))
	return hex.EncodeToString(h[:])[:16]
}

// Open takes the fitted network from the cache, or fits it, which takes some seconds. A network
// that reads drawn images too badly is an error.
func Open(ctx context.Context, o Options) (*Reader, error) {
	if o.Size < 16 || o.Size > 128 {
		return nil, fmt.Errorf("scene: images of %d×%d: the set shapes has sides of 16 to 128 pixels", o.Size, o.Size)
	}
	dir, err := o.Cache.UsePath("scene", key(o.Size, o.Backend.Spec))
	if err != nil {
		return nil, err
	}
	r := &Reader{size: o.Size}
	n, err := newNetwork(drawSeed, o.Backend)
	if err != nil {
		return nil, fmt.Errorf("scene: %w", err)
	}
	if q, err := n.restore(dir); err == nil {
		r.quality = q
		r.look, err = newLooker(n)
		return r, err
	}
	if err := r.fit(ctx, n, o); err != nil {
		return nil, fmt.Errorf("scene: %w", err)
	}
	if err := n.keep(dir, r.quality); err != nil {
		return nil, fmt.Errorf("keep the fitted detector of shapes: %w", err)
	}
	return r, nil
}

// fit fits a new network and measures it.
func (r *Reader) fit(ctx context.Context, n *network, o Options) error {
	err := n.fit(ctx, o.Size, o.Progress)
	if err != nil {
		return err
	}
	if r.look, err = newLooker(n); err != nil {
		return err
	}
	if r.quality, err = r.look.judge(ctx, o.Size); err != nil {
		return err
	}
	if q := r.quality; q.Precision < leastQuality || q.Recall < leastQuality {
		return fmt.Errorf("the detector of windows in images of %d×%d has precision %.3f and recall %.3f on %d held-out drawn images, and both must be %g or more; draw boxes by hand and name their file with --boxes",
			o.Size, o.Size, q.Precision, q.Recall, q.Images, leastQuality)
	}
	return nil
}

// Reads reports whether a generator was trained on the set shapes, in colour, so that a reader can
// read its images.
func Reads(m *dcgan.Model) bool {
	return m.TrainedOn != nil && m.TrainedOn.Data == "shapes" && m.Arch.Channels == 3
}

// Look reads images of the reader's size.
func (r *Reader) Look(ctx context.Context, im datasets.Images) ([]Seen, error) {
	if im.H != r.size || im.W != r.size || im.C != 3 {
		return nil, fmt.Errorf("scene: images of %d×%d×%d: this reader is for %d×%d×3", im.H, im.W, im.C, r.size, r.size)
	}
	return r.look.look(ctx, im)
}

// Quality says how well the reader reads held-out drawn images.
func (r *Reader) Quality() Quality { return r.quality }
