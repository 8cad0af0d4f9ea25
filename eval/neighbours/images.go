package neighbours

import (
	"fmt"
	"math"
	"runtime"

	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/progress"
	"repbench/internal/simd"
)

// Images are byte images of one size, row-major: N×H×W×C.
type Images struct {
	// N is the number of images, H and W are their height and width, C is the number of channels.
	N, H, W, C int
	// Pix holds N·H·W·C bytes.
	Pix []uint8
}

// size is the number of bytes of an image.
func (x Images) size() int { return x.H * x.W * x.C }

// Image returns the bytes of image i, H·W·C of them, in place.
func (x Images) Image(i int) []uint8 { return x.Pix[i*x.size():][:x.size()] }

// Rows returns the images [lo, hi), in place.
func (x Images) Rows(lo, hi int) Images {
	return Images{N: hi - lo, H: x.H, W: x.W, C: x.C, Pix: x.Pix[lo*x.size() : hi*x.size()]}
}

// Match is a base image near a query.
type Match struct {
	// Row is the row of the base image.
	Row int32
	// Square is the squared distance Σ(q−t)² in bytes; 0 for Correlation.
	Square int64
	// Distance is √Square, or √max(2−2c, 0) for Correlation.
	Distance float64
	// DY and DX are the offset of the matching window of the query, from −2 to 2; 0 without windows.
	DY, DX int8
	// Mirrored says that the query matched when flipped left to right.
	Mirrored bool
}

// ConstantWindows is the number of windows of one value, whose correlation counts as 0.
type ConstantWindows struct {
	// Base is the number of base images whose window is constant.
	Base int
	// Queries is the number of queries with at least one constant window.
	Queries int
}

// ImageOptions say how images are searched; only Own changes the result.
type ImageOptions struct {
	// Threads is the number of goroutines; 0: all processors that Go may use.
	Threads int
	// MaxMemory bounds the bytes that the search holds beside the images and the result; 0: about
	// 300 MB.
	MaxMemory int64
	// Own holds for each query the base row that it leaves out (itself), or −1; nil: no query
	// leaves one out.
	Own []int32
	// Progress receives the number of pairs of images compared; nil: none does.
	Progress progress.Reporter
	// Constant receives the number of constant windows under Correlation, if it is not nil.
	Constant *ConstantWindows

	// tile is the kernel of products; nil: that of the processor. units, groups, blocks and depths
	// replace sizes of imagePlan, if they are not 0. Tests try others.
	tile                          *simd.IntTile
	units, groups, blocks, depths int
}

// override sets the sizes that tests ask for.
func (o ImageOptions) override(p *imagePlan, t *simd.IntTile) {
	for _, f := range []struct {
		size *int
		to   int
	}{{&p.unit, o.units}, {&p.group, o.groups}, {&p.block, o.blocks * t.Columns}, {&p.depth, o.depths}} {
		if f.to > 0 {
			*f.size = f.to
		}
	}
}

func (o ImageOptions) withDefaults() ImageOptions {
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	o.Progress = progress.Or(o.Progress)
	if o.tile == nil {
		o.tile = simd.MatrixIntTile()
	}
	return o
}

// CheckImages says why SearchImages and EachImage cannot search, or nil.
func CheckImages(base, queries Images, k int, m ImageMetric, o ImageOptions) error {
	if err := checkImages(base, queries, k, m, o); err != nil {
		return err
	}
	_, err := newImagePlan(base, queries, k, m, o.withDefaults())
	return err
}

// checkImages is CheckImages but for the memory.
func checkImages(base, queries Images, k int, m ImageMetric, o ImageOptions) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if err := base.check("base"); err != nil {
		return err
	}
	if err := queries.check("query"); err != nil {
		return err
	}
	switch {
	case o.Threads < 0:
		return fmt.Errorf("option Threads = %d: negative", o.Threads)
	case o.MaxMemory < 0:
		return fmt.Errorf("MaxMemory = %d: negative", o.MaxMemory)
	case base.H != queries.H || base.W != queries.W || base.C != queries.C:
		return errkind.Errorf(matrix.ErrShape, "query images are %d×%d×%d, base images %d×%d×%d: bring them to one size and number of channels",
			queries.H, queries.W, queries.C, base.H, base.W, base.C)
	case m.shifts() && min(base.H, base.W) < 2*maxShift+1:
		return errkind.Errorf(matrix.ErrShape, "%s compares windows that are %d pixels lower and narrower than the images, so it needs at least %d×%d; these are %d×%d: choose pixels or mirror",
			m, 2*maxShift, 2*maxShift+1, 2*maxShift+1, base.H, base.W)
	}
	return checkOwn(o.Own, queries.N, base.N, k, "base images")
}

// check refuses images that are empty, too large, or unlike their storage.
func (x Images) check(name string) error {
	if x.N <= 0 || x.H <= 0 || x.W <= 0 || x.C <= 0 {
		return fmt.Errorf("%s images: %d of %d×%d×%d: %w", name, x.N, x.H, x.W, x.C, matrix.ErrShape)
	}
	const largest = 1 << 23 // n²·255² stays below 2⁶³
	if x.H > largest || x.W > largest || x.C > largest || x.H*x.W > largest || x.size() > largest {
		return fmt.Errorf("%s images of %d×%d×%d: at most %d bytes an image are compared: %w", name, x.H, x.W, x.C, largest, matrix.ErrShape)
	}
	if x.N > math.MaxInt32 || len(x.Pix) != x.N*x.size() {
		return fmt.Errorf("%s images: %d bytes for %d of %d×%d×%d: %w", name, len(x.Pix), x.N, x.H, x.W, x.C, matrix.ErrShape)
	}
	return nil
}

// checkOwn checks k and the rows left out against the numbers of queries and rows.
func checkOwn(own []int32, queries, rows, k int, name string) error {
	left := rows
	if own != nil && len(own) != queries {
		return fmt.Errorf("option Own has %d rows for %d queries: %w", len(own), queries, matrix.ErrShape)
	}
	for i, r := range own {
		if r < -1 || int(r) >= rows {
			return fmt.Errorf("query %d leaves out row %d of %d %s: %w", i, r, rows, name, matrix.ErrShape)
		}
		if r >= 0 {
			left = rows - 1
		}
	}
	switch {
	case k < 1:
		return errkind.Errorf(ErrK, "k = %d: must be at least 1", k)
	case k > left && left < rows:
		return errkind.Errorf(ErrK, "k = %d with %d %s, of which a query leaves out itself: choose a k of at most %d", k, rows, name, left)
	case k > rows:
		return errkind.Errorf(ErrK, "k = %d with %d %s: choose a k of at most %d", k, rows, name, rows)
	}
	return nil
}
