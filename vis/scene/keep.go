package scene

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/train"
)

// Files of a kept network.
const (
	weightsFile = "weights.npy"
	metaFile    = "meta.json"
)

// meta is the content of meta.json.
type meta struct {
	Quality Quality `json:"quality"`
	SHA256  string  `json:"sha256"` // of weights.npy
}

// arrays are the network's arrays that looking needs, in the order of their paths.
func (n *network) arrays() []*model.Variable {
	var vs []*model.Variable
	for v := range n.net.Store().IterVariables() {
		p := v.Path()
		if slices.Contains(n.paths, p) || strings.HasPrefix(p, "/running/") {
			vs = append(vs, v)
		}
	}
	slices.SortFunc(vs, func(a, b *model.Variable) int { return strings.Compare(a.Path(), b.Path()) })
	return vs
}

// keep writes the arrays, one after the other, and then what proves that they are whole.
func (n *network) keep(dir string, q Quality) error {
	var all []float32
	for _, v := range n.arrays() {
		t, err := v.Value()
		if err != nil {
			return err
		}
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return err
		}
		if at := train.NotFinite(values); at >= 0 {
			return fmt.Errorf("%w: %s is %g", train.ErrDiverged, v.Path(), values[at])
		}
		all = append(all, values...)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, weightsFile)
	if err := npy.Write(path, []int{len(all)}, all); err != nil {
		return err
	}
	sum, err := hashOf(path)
	if err != nil {
		return err
	}
	return jsonfile.Write(filepath.Join(dir, metaFile), meta{Quality: q, SHA256: sum})
}

// restore reads the arrays of a kept network. Every error means that there is none that can be
// used.
func (n *network) restore(dir string) (Quality, error) {
	var m meta
	if err := jsonfile.Read(filepath.Join(dir, metaFile), &m); err != nil {
		return m.Quality, err
	}
	path := filepath.Join(dir, weightsFile)
	if sum, err := hashOf(path); err != nil || sum != m.SHA256 {
		return m.Quality, fmt.Errorf("%s is damaged (%v)", path, err)
	}
	_, all, err := npy.Read[float32](path)
	if err != nil {
		return m.Quality, err
	}
	for _, v := range n.arrays() {
		size := v.Shape().Size()
		if size > len(all) {
			return m.Quality, fmt.Errorf("%s is too short", path)
		}
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(slices.Clone(all[:size]), v.Shape().Dimensions...)); err != nil {
			return m.Quality, err
		}
		all = all[size:]
	}
	if len(all) > 0 {
		return m.Quality, fmt.Errorf("%s is too long", path)
	}
	return m.Quality, nil
}

// maxWeights is the limit on the size of weights.npy; the network has half a megabyte.
const maxWeights = 16 << 20

// hashOf is the SHA-256 of a file in hexadecimal.
func hashOf(path string) (string, error) {
	b, err := jsonfile.ReadSmall(path, maxWeights)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
