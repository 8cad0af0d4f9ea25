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
	"repbench/internal/npy"
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
	if stats != nil || err != nil {
		return stats, err
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
	return stats, npy.Write(path, []int{len(flat)}, flat)
}

// readStats reads kept statistics; nil where there are none.
func readStats(path string, a dcgan.Arch) ([]*dcgan.HostStats, error) {
	_, flat, err := npy.Read[float32](path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: remove the file", err)
	}
	size := 0
	for _, n := range a.GeneratorStatsSizes() {
		size += 2 * n
	}
	if len(flat) != size || train.NotFinite(flat) >= 0 {
		return nil, fmt.Errorf("%s holds %d values, want %d finite ones: remove it", path, len(flat), size)
	}
	var stats []*dcgan.HostStats
	for _, n := range a.GeneratorStatsSizes() {
		stats = append(stats, &dcgan.HostStats{Mean: flat[:n], Variance: flat[n : 2*n]})
		flat = flat[2*n:]
	}
	return stats, nil
}
