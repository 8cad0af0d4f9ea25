package neighbours

import (
	"fmt"
	"unsafe"

	"github.com/dustin/go-humanize"

	"repbench/internal/simd"
)

const (
	// imageMemory is the memory of a search of images if none is given.
	imageMemory = 300 << 20
	// blockBytes is the size of the part of a block of base images that is multiplied at once: half a
	// second-level cache.
	blockBytes = 512 << 10
	// depthWords is the largest number of words of a row that are multiplied at once.
	depthWords = 768
	// blockRows bounds the number of base images of a block.
	blockRows = 512
	// unitTiles is the number of tiles of windows in a task, where one query has fewer.
	unitTiles = 4
)

// imagePlan holds the sizes of a search of images.
type imagePlan struct {
	// n is the number of values of a window, words the number of words of its packed form, depth the
	// number of words that are multiplied at once, sums the number of such parts that int32 sums hold.
	n, words, depth, sums int
	// unit is the number of queries of a task, group the number of queries worked on at once, block
	// the number of base images of a block.
	unit, group, block int
}

// wide reports whether sums of a whole window need 64 bits.
func (p imagePlan) wide() bool { return p.parts() > p.sums }

// newImagePlan returns the sizes that fit the memory of the options.
func newImagePlan(base, queries Images, k int, m ImageMetric, o ImageOptions) (imagePlan, error) {
	h, w := m.area(base)
	t, windows := o.tile, len(m.windows())
	p := imagePlan{n: h * w * base.C}
	p.words = t.Words(p.n)
	p.depth = min(p.words, depthWords)
	p.block = min(blockBytes/4/p.depth, blockRows, (base.N+t.Columns-1)/t.Columns*t.Columns) / t.Columns * t.Columns
	p.unit = min(max(unitTiles*t.Rows/windows, 1), queries.N)
	p.group = queries.N
	o.override(&p, t)
	p.sums = simd.MaxIntDepth / (p.depth * t.Values)
	budget := o.MaxMemory
	if budget == 0 {
		budget = imageMemory
	}
	least := p
	least.unit, least.group, least.block = 1, 1, t.Columns
	for _, smaller := range []func(){func() { p.block = max(t.Columns, p.block/4/t.Columns*t.Columns) }, func() { p.unit = 1 }, func() { p.block = t.Columns }} {
		if p.fixed(windows, o)+int64(p.unit)*p.each(windows, k) <= budget {
			break
		}
		smaller()
	}
	fit := (budget - p.fixed(windows, o)) / p.each(windows, k)
	p.group = int(min(int64(p.group), fit/int64(p.unit)*int64(p.unit)))
	if fit < 1 {
		if o.MaxMemory > 0 {
			return p, fmt.Errorf("%s among images of %d bytes with k = %d needs %s of memory beside the images, with %d threads; %s are allowed: allow more, or use fewer threads",
				m, base.size(), k, humanize.Bytes(uint64(least.fixed(windows, o)+least.each(windows, k))), o.Threads, humanize.Bytes(uint64(budget)))
		}
		p = least // the default bends for images that are so large
	}
	return p, nil
}

// each is the memory of a query.
func (p imagePlan) each(windows, k int) int64 {
	window := 4*int64(p.words) + 8 + int64(unsafe.Sizeof(moments{}))
	return int64(windows)*window + int64(unsafe.Sizeof(nearest{})) + int64(k)*int64(unsafe.Sizeof(Match{}))
}

// fixed is the memory that does not grow with the number of queries.
func (p imagePlan) fixed(windows int, o ImageOptions) int64 {
	block := int64(p.block) * (4*int64(p.words) + 12 + int64(unsafe.Sizeof(moments{})))
	sum := int64(4)
	if p.wide() {
		sum = 12
	}
	worker := int64(p.unit*windows)*int64(p.block)*sum + int64(o.tile.Columns)*(int64(p.n)+4*int64(p.depth)) + int64(p.n)
	return block + int64(o.Threads)*worker
}
