package latent

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"repbench/vis"
)

// ErrOptions is wrapped by errors about options, which a command reports as wrong usage.
var ErrOptions = errors.New("options of the figure")

// Pool is the vectors z that indices refer to: the z of a sheet that Grid draws, or the rows of a file.
type Pool struct {
	// Z are N vectors of Dim values.
	Z      []float32
	N, Dim int
	// Name says where they come from: "64 z of seed 1".
	Name string
	// File is the file that they were read from; "": they were drawn.
	File string
	// Seed drew them.
	Seed uint64
}

// MaxSheet is the most images of a sheet.
const MaxSheet = 10_000

// DrawPool draws the z of a sheet of n images from the prior. The first z of a seed are the same for
// every n.
func DrawPool(g *vis.Generator, n int, seed uint64) (Pool, error) {
	if n < 2 || n > MaxSheet {
		return Pool{}, fmt.Errorf("%w: a sheet of %d images; it has 2 to %d", ErrOptions, n, MaxSheet)
	}
	a := g.Model.Arch
	return Pool{Z: a.Prior.DrawZ(n, a.ZDim, seed), N: n, Dim: a.ZDim, Name: fmt.Sprintf("%d z of seed %d", n, seed), Seed: seed}, nil
}

// ReadPool reads the z of a file, see vis.ReadZ.
func ReadPool(g *vis.Generator, path string) (Pool, error) {
	z, n, err := vis.ReadZ(path, g.Model.Arch)
	return Pool{Z: z, N: n, Dim: g.Model.Arch.ZDim, Name: fmt.Sprintf("%d z of %s", n, path), File: path}, err
}

// hashOf names vectors in settings, so that figures of other vectors are other records.
func hashOf(all ...[]float32) string {
	h := sha256.New()
	for _, z := range all {
		// A hash takes everything, and float32 has a fixed size.
		_ = binary.Write(h, binary.LittleEndian, z)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Take returns the vectors with the given indices, one after the other. An index that the pool
// does not have is an error.
func (p Pool) Take(indices []int) ([]float32, error) {
	z := make([]float32, 0, len(indices)*p.Dim)
	for _, i := range indices {
		if i < 0 || i >= p.N {
			more := "; a larger sheet has more (--n)"
			if p.File != "" {
				more = ": numbers are rows of that file; another file, or z drawn from the seed (without --z), have others"
			}
			return nil, fmt.Errorf("%w: there is no image %d among %s, which are numbered 0 to %d%s", ErrOptions, i, p.Name, p.N-1, more)
		}
		z = append(z, p.Z[i*p.Dim:(i+1)*p.Dim]...)
	}
	return z, nil
}

// ParseIndices reads a list of indices of a sheet: "3,17,40", also with ranges: "0-7,12".
func ParseIndices(text string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		lo, err := strconv.Atoi(first)
		hi := lo
		if err == nil && isRange {
			hi, err = strconv.Atoi(last)
		}
		if err != nil || lo < 0 || hi < lo || hi-lo >= MaxSheet || len(out) > MaxSheet {
			return nil, fmt.Errorf("%w: %q is no list of numbers of a sheet; write 3,17,40 or 0-7", ErrOptions, text)
		}
		for i := lo; i <= hi; i++ {
			out = append(out, i)
		}
	}
	return out, nil
}
