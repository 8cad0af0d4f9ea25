package vis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/backends"
	"repbench/internal/cache"
	"repbench/train"
	"repbench/train/dcgan"
)

// statsFile holds the statistics of a generator, one after the other, in its folder of the cache.
const statsFile = "statistics.npy"

// statsVersion changes when the statistics of the same generator would.
const statsVersion = "1"

// keptStats returns the fixed statistics of a generator. They are kept in a folder of o.Cache that is
// named after the generator's weights and the backend; without a folder nothing is kept.
func keptStats(ctx context.Context, m *dcgan.Model, b *backends.Backend, o Options) ([]*dcgan.HostStats, error) {
	if o.Cache == "" {
		return m.GeneratorStats(ctx, b)
	}
	hash, err := m.GeneratorHash()
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte("statistics " + statsVersion + " of the generator " + hash + " on " + b.Spec))
	dir := filepath.Join(o.Cache, fmt.Sprintf("%x", key[:8]))
	o.Uses.Use(dir)
	path := filepath.Join(dir, statsFile)
	stats, err := readStats(path, m.Arch)
	if err == nil {
		return stats, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && o.Note != nil {
		o.Note(fmt.Sprintf("the statistics of the generator are computed again: %v", err))
	}
	if stats, err = m.GeneratorStats(ctx, b); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var flat []float32
	for _, s := range stats {
		flat = append(append(flat, s.Mean...), s.Variance...)
	}
	return stats, cache.WriteFloats(path, flat)
}

// readStats reads kept statistics. Every error means that there are none that can be used.
func readStats(path string, a dcgan.Arch) ([]*dcgan.HostStats, error) {
	size := 0
	for _, n := range a.GeneratorStatsSizes() {
		size += 2 * n
	}
	flat, err := cache.ReadFloats(path, size)
	if err != nil {
		return nil, err
	}
	if at := train.NotFinite(flat); at >= 0 {
		return nil, fmt.Errorf("%w: %s holds %g", cache.ErrDamaged, path, flat[at])
	}
	var stats []*dcgan.HostStats
	for _, n := range a.GeneratorStatsSizes() {
		stats = append(stats, &dcgan.HostStats{Mean: flat[:n], Variance: flat[n : 2*n]})
		flat = flat[2*n:]
	}
	return stats, nil
}
