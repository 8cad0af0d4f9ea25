package invert

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/internal/cache"
	"repbench/internal/progress"
	"repbench/train"
)

// keepVersion changes when the result of the same problems would.
const keepVersion = 1

// keep is solve for a batch that may be finished already: its z and errors are in a file of the
// folder Options.Keep, named after all that decides them.
func (s *solver) keep(ctx context.Context, pixels, z []float32, n, first int) (solved, error) {
	if s.o.Keep == "" {
		return s.solve(ctx, pixels, z, n, first)
	}
	name, err := s.key(pixels, z)
	if err != nil {
		return solved{}, err
	}
	path := filepath.Join(s.o.Keep, name)
	dim := s.g.Model.Arch.ZDim
	b := n * s.o.Restarts
	done, err := read(path, b, dim)
	if err == nil {
		cache.Touch(s.o.Keep)
		progress.Earlier(s.task, int64(b*s.o.Steps))
		return done, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.task.Note(fmt.Sprintf("inverted again: %v", err))
	}
	if done, err = s.solve(ctx, pixels, z, n, first); err != nil {
		return done, err
	}
	if err := os.MkdirAll(s.o.Keep, 0o755); err != nil {
		return done, err
	}
	return done, cache.WriteFloats(path, append(append([]float32{}, done.z...), done.mse...))
}

// key is the name of the file of a batch.
func (s *solver) key(pixels, z []float32) (string, error) {
	generator, err := s.g.Model.GeneratorHash()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "inversion %d of %s on %s, lambda %g, %d steps, %d restarts, float64 %v\n",
		keepVersion, generator, s.g.Backend.Spec, *s.o.Lambda, s.o.Steps, s.o.Restarts, s.o.Double)
	for _, st := range s.g.Stats {
		_ = binary.Write(h, binary.LittleEndian, st.Mean) // a hash takes all that is written
		_ = binary.Write(h, binary.LittleEndian, st.Variance)
	}
	_ = binary.Write(h, binary.LittleEndian, pixels)
	_ = binary.Write(h, binary.LittleEndian, z)
	return fmt.Sprintf("%x.npy", h.Sum(nil)[:12]), nil
}

// read reads a finished batch. Every error means that there is none that can be used.
func read(path string, b, dim int) (solved, error) {
	flat, err := cache.ReadFloats(path, b*dim+b)
	if err != nil {
		return solved{}, err
	}
	if at := train.NotFinite(flat); at >= 0 {
		return solved{}, fmt.Errorf("%w: %s holds %g", cache.ErrDamaged, path, flat[at])
	}
	return solved{flat[:b*dim], flat[b*dim:]}, nil
}
