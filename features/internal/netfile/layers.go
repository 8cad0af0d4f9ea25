package netfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/features/store"
)

// piece is what is taken of an output as one layer.
type piece struct {
	output int
	token  string // of a sequence, "" where it is pooled or no sequence
}

// describe says which columns are made of outputs of these shapes, and of what: one layer for each
// output, or for each token taken of it.
func (e *Network) describe(dims [][]int) (pieces []piece, err error) {
	e.layers = nil
	column := 0
	for i, d := range dims {
		taken := e.in.taken()
		if len(taken) == 0 {
			taken = []string{""}
		}
		for _, token := range taken {
			l, err := e.layerOf(e.outputs[i], d, token)
			if err != nil {
				return nil, err
			}
			if len(taken) > 1 {
				l.Name += ":" + token
			}
			if len(e.Options.Layers) > 0 && !slices.Contains(e.Options.Layers, l.Name) {
				l.Columns[1] = 0
			}
			e.layers, pieces = append(e.layers, l), append(pieces, piece{i, token})
		}
	}
	if err := e.checkLayers(); err != nil {
		return nil, err
	}
	var kept []piece
	var layers []matrix.Layer
	for i, l := range e.layers {
		if n := l.Columns[1]; n > 0 {
			l.Columns = [2]int{column, column + n}
			column += n
			kept, layers = append(kept, pieces[i]), append(layers, l)
		}
	}
	if e.layers = layers; column > maxNetFeatures {
		return nil, fmt.Errorf("the outputs give %d features per image, more than %d; pool them", column, maxNetFeatures)
	}
	return kept, nil
}

// checkLayers refuses the names of layers that there are not.
func (e *Network) checkLayers() error {
	var names []string
	for _, l := range e.layers {
		names = append(names, l.Name)
	}
	if len(names) == 1 && len(e.Options.Layers) > 0 {
		return errors.New("a network from a file has no layers to choose from; name a value of it with output=NAME, several with output=A+B")
	}
	for _, n := range e.Options.Layers {
		if !slices.Contains(names, n) {
			return fmt.Errorf("no layer %q: the outputs and tokens asked for are the layers %s", n, strings.Join(names, ", "))
		}
	}
	return nil
}

// layerOf describes the columns made of an output of that shape, channels last, or of a token of it.
func (e *Network) layerOf(output string, dims []int, token string) (matrix.Layer, error) {
	layer := func(h, w, c int) (matrix.Layer, error) {
		if h*w*c > maxNetFeatures {
			return matrix.Layer{}, fmt.Errorf("output %q gives %d features per image, more than %d; pool it", output, h*w*c, maxNetFeatures)
		}
		return matrix.Layer{Name: output, Columns: [2]int{0, h * w * c}, Height: h, Width: w, Channels: c}, nil
	}
	switch {
	case len(dims) == 0 || len(dims) == 1 && dims[0] != e.batch:
		return matrix.Layer{}, fmt.Errorf("output %q is no features of each image, but %s for all images together, as a loss is: %w", output, together(dims), errTogether)
	case dims[0] != e.batch:
		return matrix.Layer{}, fmt.Errorf("output %q has the shape %v for %d images, and features have one row for each image, %d; a file that was exported for one batch size only needs that size, as in --batch 1",
			output, dims, e.batch, e.batch)
	}
	if token != "" {
		return e.tokenLayer(output, dims, token)
	}
	grid, whole := e.Options.Grid, e.Options.Pooling == store.PoolNone
	switch {
	case len(dims) == 2:
		return layer(1, 1, dims[1])
	case len(dims) == 3 && whole:
		return layer(dims[1], 1, dims[2])
	case len(dims) == 3:
		return layer(1, 1, dims[2])
	case len(dims) == 4 && whole:
		return layer(dims[1], dims[2], dims[3])
	case len(dims) == 4 && (dims[1]%grid != 0 || dims[2]%grid != 0):
		return matrix.Layer{}, fmt.Errorf("output %q has %d×%d maps, which a grid of %d does not divide; --grid 1 always does",
			output, dims[1], dims[2], grid)
	case len(dims) == 4:
		return layer(grid, grid, dims[3])
	}
	return matrix.Layer{}, fmt.Errorf("output %q of shape %s is neither a vector, a sequence nor maps for each image", output, dimsText(dims))
}

// together says what an output is that has nothing for each image.
func together(dims []int) string {
	if len(dims) == 0 {
		return "one number"
	}
	return fmt.Sprintf("%d numbers", dims[0])
}

// tokenLayer describes a token of a sequence, or the mean of its patches.
func (e *Network) tokenLayer(output string, dims []int, token string) (matrix.Layer, error) {
	if len(dims) != 3 {
		return matrix.Layer{}, fmt.Errorf("token=%s: output %q of shape %s is no sequence of tokens (N×tokens×D); leave token= out, or name a sequence as output=NAME (output=? lists all values)",
			strings.Join(e.in.taken(), "+"), output, dimsText(dims))
	}
	switch k := tokenNumber(token); {
	case token == tokenMean && *e.in.Patches >= dims[1]:
		return matrix.Layer{}, fmt.Errorf("token=mean: output %q has %d tokens, and patches=%d says that the first patch comes after %d", output, dims[1], *e.in.Patches, *e.in.Patches)
	case token != tokenMean && k >= dims[1]:
		return matrix.Layer{}, fmt.Errorf("token=%d: output %q has %d tokens, counted from 0", k, output, dims[1])
	}
	return matrix.Layer{Name: output, Columns: [2]int{0, dims[2]}, Height: 1, Width: 1, Channels: dims[2]}, nil
}

// leave makes rows [N, D] of the network's outputs.
func (e *Network) leave(values []*Node, pieces []piece) *Node {
	var rows []*Node
	for _, p := range pieces {
		rows = append(rows, e.rows(values[p.output], p.token))
	}
	if len(rows) == 1 {
		return rows[0]
	}
	return Concatenate(rows, 1)
}

// rows makes rows of one layer, as layerOf describes them.
func (e *Network) rows(y *Node, token string) *Node {
	switch {
	case token == tokenMean:
		y = ReduceMean(Slice(y, AxisRange(), AxisRange(*e.in.Patches)), 1)
	case token != "":
		y = Slice(y, AxisRange(), AxisElem(tokenNumber(token)))
	case y.Rank() == 3 && e.Options.Pooling == store.PoolMean:
		y = ReduceMean(y, 1)
	case y.Rank() == 3 && e.Options.Pooling == store.PoolMax:
		y = ReduceMax(y, 1)
	case y.Rank() == 4:
		y = encoder.Pool(y, e.Options.Pooling, e.Options.Grid)
	}
	return Reshape(y, e.batch, y.Shape().Size()/e.batch)
}
