package dcgan

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"repbench/backends"
	"repbench/internal/npy"
	"repbench/train"
	"repbench/train/convolution"
)

// ReadTheano imports the weights of the SVHN model that the paper's authors
// released (github.com/Newmu/dcgan_code): NumPy arrays named
// *gen_params.jl_NN.npy and *discrim_params.jl_NN.npy, taken in the order of NN.
// The .jl pickles beside them only name the arrays and are not opened.
//
// The arrays are converted to this package's layout: axes [out, in, K, K] become
// [K, K, in, out]; kernels are turned by 180°, since Theano's convolutions turn
// the kernel and GoMLX's do not; and dense layers, which order the channels of feature
// maps first, are reordered to channels last.
func ReadTheano(dir string, b *backends.Backend) (*Model, error) {
	gen, err := readArrays(dir, "gen_params", 10)
	if err != nil {
		return nil, err
	}
	disc, err := readArrays(dir, "discrim_params", 8)
	if err != nil {
		return nil, err
	}
	if len(disc[0].shape) != 4 {
		return nil, fmt.Errorf("%s: shape %v, want a convolution's [maps, 3, 5, 5]", disc[0].file, disc[0].shape)
	}
	a, err := NewArch("svhn32", disc[0].shape[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", disc[0].file, err)
	}
	m := NewModel(a, 1)
	m.Lowering = convolution.LoweringFor(b)
	m.Origin = "released weights, " + filepath.Base(dir)
	if err := m.importGenerator(gen); err != nil {
		return nil, err
	}
	return m, m.importDiscriminator(disc)
}

// array is one file of released weights.
type array struct {
	file  string
	shape []int
	data  []float32
}

// want checks the shape of an array.
func (a array) want(shape ...int) error {
	if fmt.Sprint(a.shape) != fmt.Sprint(shape) {
		return fmt.Errorf("%s: shape %v, want %v", a.file, a.shape, shape)
	}
	return nil
}

func readArrays(dir, kind string, n int) ([]array, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+kind+".jl_[0-9][0-9].npy"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	sort.Strings(files)
	if len(files) != n {
		return nil, fmt.Errorf("%s holds %d files *%s.jl_NN.npy, want %d: the released SVHN weights, "+
			"200_gen_params.jl_01.npy and so on", dir, len(files), kind, n)
	}
	arrays := make([]array, n)
	for i, f := range files {
		if want := fmt.Sprintf("%s.jl_%02d.npy", kind, i+1); !strings.HasSuffix(f, want) {
			return nil, fmt.Errorf("%s was found where *%s was expected", f, want)
		}
		shape, data, err := npy.Read[float32](f)
		if err != nil {
			return nil, err
		}
		if at := train.NotFinite(data); at >= 0 {
			return nil, fmt.Errorf("%s: value %d is %g", f, at, data[at])
		}
		arrays[i] = array{f, shape, data}
	}
	return arrays, nil
}

// importGenerator takes w, g, b, w2, g2, b2, w3, g3, b3, wx. A released transposed convolution
// [in, out, K, K] turns its kernel. So does convolution.Transposed, so that the kernel is stored
// without turning it.
func (m *Model) importGenerator(in []array) error {
	a := m.Arch
	s, c := a.BaseSize, a.BaseMaps
	base := s * s * c
	if err := in[0].want(a.ZDim, base); err != nil {
		return err
	}
	if err := m.setValues("/generator/dense/weights", channelsLast(in[0].data, a.ZDim, c, s)); err != nil {
		return err
	}
	for i, name := range []string{"scale", "shift"} {
		if err := in[1+i].want(base); err != nil {
			return err
		}
		if err := m.setValues("/generator/dense/"+name, channelsLast(in[1+i].data, 1, c, s)); err != nil {
			return err
		}
	}
	_, err := m.importConvs("/generator", a.Generator, c, in[3:])
	return err
}

// importDiscriminator takes w, w2, g2, b2, w3, g3, b3, wy.
func (m *Model) importDiscriminator(in []array) error {
	a := m.Arch
	rest, err := m.importConvs("/discriminator", a.Discriminator, a.Channels, in)
	if err != nil {
		return err
	}
	sizes := a.LayerSizes()
	s, c := sizes[len(sizes)-1], a.Discriminator[len(sizes)-1].Maps
	if err := rest[0].want(s*s*c, 1); err != nil {
		return err
	}
	return m.setValues("/discriminator/dense/weights", channelsLast(rest[0].data, 1, c, s))
}

// importConvs imports the kernel of each layer and, for a layer with batch norm, its scale and
// shift. It returns the remaining arrays. The discriminator's kernels are [out, in, K, K], the
// generator's [in, out, K, K].
func (m *Model) importConvs(scope string, layers []Layer, maps int, in []array) ([]array, error) {
	discriminator := scope == "/discriminator"
	for i, l := range layers {
		path := fmt.Sprintf("%s/conv%d", scope, i+1)
		first, second := maps, l.Maps
		if discriminator {
			first, second = l.Maps, maps
		}
		if err := in[0].want(first, second, l.Kernel, l.Kernel); err != nil {
			return nil, err
		}
		if err := m.setValues(path+"/weights", kernelAxes(in[0], discriminator)); err != nil {
			return nil, err
		}
		in = in[1:]
		if l.BatchNorm {
			if err := m.importBatchNorm(path, in, l.Maps); err != nil {
				return nil, err
			}
			in = in[2:]
		}
		maps = l.Maps
	}
	return in, nil
}

func (m *Model) importBatchNorm(path string, in []array, maps int) error {
	for i, name := range []string{"/scale", "/shift"} {
		if err := in[i].want(maps); err != nil {
			return err
		}
		if err := m.setValues(path+name, in[i].data); err != nil {
			return err
		}
	}
	return nil
}

// channelsLast reorders each of n rows from c×s×s to s×s×c.
func channelsLast(in []float32, n, c, s int) []float32 {
	out := make([]float32, len(in))
	for r := range n {
		row := in[r*c*s*s:]
		for ch := range c {
			for p := range s * s {
				out[(r*s*s+p)*c+ch] = row[ch*s*s+p]
			}
		}
	}
	return out
}

// kernelAxes converts a kernel [A, B, K, K]. For the discriminator the result is [K, K, B, A],
// turned by 180°. For the generator, whose first axis is the input of the transposed
// convolution, the result is [K, K, A, B], not turned.
func kernelAxes(k array, discriminator bool) []float32 {
	na, nb, side := k.shape[0], k.shape[1], k.shape[2]
	out := make([]float32, len(k.data))
	for a := range na {
		for b := range nb {
			for p := range side * side {
				v := k.data[(a*nb+b)*side*side+p]
				if discriminator {
					out[((side*side-1-p)*nb+b)*na+a] = v
				} else {
					out[(p*na+a)*nb+b] = v
				}
			}
		}
	}
	return out
}
