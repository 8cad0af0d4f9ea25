package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

func randomFloats(r *rand.Rand, n int) []float32 {
	x := memory.Floats(n)
	for i := range x {
		x[i] = r.Float32()*2 - 1
	}
	return x
}

// outSize returns the number of output positions, by the definition of ConvGeneral; after is
// the padding behind the input.
func (a Axis) outSize(after int) int {
	in := (a.In-1)*a.InDilation + 1 + a.Padding + after
	kernel := (a.Kernel-1)*a.KernelDilation + 1
	if in < kernel {
		return 0
	}
	return (in-kernel)/a.Stride + 1
}

// reads returns the input position that output o reads at kernel index r, or -1.
func (a Axis) reads(o, r int) int {
	at := o*a.Stride + r*a.KernelDilation - a.Padding
	if at < 0 || at%a.InDilation != 0 || at/a.InDilation >= a.In {
		return -1
	}
	return at / a.InDilation
}

func (a Axis) kernelIndex(r int) int {
	if a.Reverse {
		return a.Kernel - 1 - r
	}
	return r
}

// oracle computes the definition in float64, one sum after the other. It also returns the
// number of products in the longest sum.
func oracle(p Problem, x, w []float32, size int) (y []float64, terms int) {
	p = p.normal()
	y = make([]float64, size)
	groups := p.Groups * p.BatchGroups
	ic, oc, batch := p.InChannels/p.Groups, p.OutChannels/groups, p.Batch/p.BatchGroups
	for g, start := range p.groups() {
		_ = g
		for b := range batch {
			for oh := range p.Height.Out {
				for ow := range p.Width.Out {
					for o := range oc {
						sum, n := cell(p, x[start.x:], w[start.w:], b, oh, ow, o, ic)
						y[start.y+b*p.Y.Batch+oh*p.Y.Height+ow*p.Y.Width+o*p.Y.Channels] = sum
						terms = max(terms, n)
					}
				}
			}
		}
	}
	return y, terms
}

func cell(p Problem, x, w []float32, b, oh, ow, o, ic int) (sum float64, terms int) {
	for r := range p.Height.Kernel {
		for s := range p.Width.Kernel {
			ih, iw := p.Height.reads(oh, r), p.Width.reads(ow, s)
			if ih < 0 || iw < 0 {
				continue
			}
			for c := range ic {
				sum += float64(x[b*p.X.Batch+ih*p.X.Height+iw*p.X.Width+c*p.X.Channels]) *
					float64(w[p.Height.kernelIndex(r)*p.W.Height+p.Width.kernelIndex(s)*p.W.Width+c*p.W.Batch+o*p.W.Channels])
				terms++
			}
		}
	}
	return sum, terms
}

// strides lays out axes of the given sizes in the given order, outermost first; the axes are
// named b, h, w, c.
func strides(order string, b, h, w, c int) (Strides, int) {
	var s Strides
	size := 1
	for i := len(order) - 1; i >= 0; i-- {
		switch order[i] {
		case 'b':
			s.Batch = size
			size *= b
		case 'h':
			s.Height = size
			size *= h
		case 'w':
			s.Width = size
			size *= w
		case 'c':
			s.Channels = size
			size *= c
		}
	}
	return s, size
}

func randomAxis(r *rand.Rand) (Axis, int) {
	a := Axis{In: 1 + r.IntN(9), Kernel: 1 + r.IntN(5), Stride: 1 + r.IntN(3), InDilation: 1 + r.IntN(3), KernelDilation: 1 + r.IntN(2),
		Padding: r.IntN(5) - 1, Reverse: r.IntN(3) == 0}
	if r.IntN(2) == 0 {
		a.InDilation = 1
	}
	after := r.IntN(4) - 1
	a.Out = a.outSize(after)
	return a, after
}

func TestRandomProblems(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		r := rand.New(rand.NewPCG(7, uint64(tile.Rows)))
		for n := range 400 {
			p, sizes := randomProblem(r)
			if p.Height.Out < 1 || p.Width.Out < 1 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", tile.ISA(), n), func(t *testing.T) { check(t, m, r, p, sizes) })
		}
	}
}

// randomProblem also returns the sizes of x, w and y.
func randomProblem(r *rand.Rand) (Problem, [3]int) {
	p := Problem{Batch: 1 + r.IntN(4), Groups: 1, BatchGroups: 1}
	channels := []int{1, 3, 5, 16, 33}
	in, out := channels[r.IntN(len(channels))], channels[r.IntN(len(channels))]
	switch r.IntN(4) {
	case 0:
		p.Groups = 1 + r.IntN(3)
	case 1:
		p.BatchGroups = 1 + r.IntN(3)
	}
	p.InChannels, p.OutChannels, p.Batch = in*p.Groups, out*p.Groups*p.BatchGroups, p.Batch*p.BatchGroups
	p.Height, _ = randomAxis(r)
	p.Width, _ = randomAxis(r)
	xs, ws, ys := []string{"bhwc", "chwb", "hwbc", "cwhb"}, []string{"hwbc", "hwcb", "bhwc", "chwb"}, []string{"bhwc", "hwbc", "whbc"}
	var sizes [3]int
	p.X, sizes[0] = strides(xs[r.IntN(len(xs))], p.Batch, p.Height.In, p.Width.In, p.InChannels)
	p.W, sizes[1] = strides(ws[r.IntN(len(ws))], in, p.Height.Kernel, p.Width.Kernel, p.OutChannels)
	p.Y, sizes[2] = strides(ys[r.IntN(len(ys))], p.Batch/p.BatchGroups, p.Height.Out, p.Width.Out, p.OutChannels)
	return p, sizes
}

func check(t *testing.T, m *matmul.Multiplier, r *rand.Rand, p Problem, sizes [3]int) {
	t.Helper()
	x, w := randomFloats(r, sizes[0]), randomFloats(r, sizes[1])
	plan, err := NewPlan(p, m.Tile())
	if err != nil {
		t.Fatal(err)
	}
	y := randomFloats(r, sizes[2]) // the previous content must not matter
	plan.Run(m, y, x, w)
	want, terms := oracle(p, x, w, sizes[2])
	// Each of the sum's roundings is at most half a unit in the last place of terms.
	tolerance := float64(terms) * math.Pow(2, -23)
	for i := range want {
		if !(math.Abs(float64(y[i])-want[i]) <= tolerance) {
			t.Fatalf("%+v: element %d is %g, want %g", p, i, y[i], want[i])
		}
	}
	if plan.direct == nil || plan.direct.merged > 1 {
		return
	}
	packing := slices.Clone(y)
	newPacking(p.normal(), m.Tile()).Run(m, packing, x, w)
	if !slices.Equal(y, packing) {
		t.Fatalf("%+v: other bits than with packed windows", p)
	}
}

// network returns a layer of a DCGAN in its three forms, as GoMLX builds them.
func network(n, in, out, cin, cout, k, stride int) map[string]Problem {
	pad := (k - 1) / 2
	x, _ := strides("bhwc", n, in, in, cin)
	y, _ := strides("bhwc", n, out, out, cout)
	w, _ := strides("hwbc", cin, k, k, cout)
	swap := func(s Strides) Strides { s.Batch, s.Channels = s.Channels, s.Batch; return s }
	axis := Axis{In: in, Kernel: k, Out: out, Stride: stride, Padding: pad}
	back := Axis{In: out, Kernel: k, Out: in, InDilation: stride, Padding: k - 1 - pad, Reverse: true}
	byKernel := Axis{In: in, Kernel: out, Out: k, KernelDilation: stride, Padding: pad}
	return map[string]Problem{
		"forward":  {Batch: n, InChannels: cin, OutChannels: cout, Height: axis, Width: axis, X: x, W: w, Y: y},
		"byInput":  {Batch: n, InChannels: cout, OutChannels: cin, Height: back, Width: back, X: y, W: swap(w), Y: x},
		"byKernel": {Batch: cin, InChannels: n, OutChannels: cout, Height: byKernel, Width: byKernel, X: swap(x), W: y, Y: Strides{Height: w.Height, Width: w.Width, Batch: w.Batch, Channels: 1}},
	}
}

func TestNetworkForms(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		for _, l := range [][7]int{{3, 8, 4, 3, 20, 5, 2}, {2, 8, 4, 18, 35, 5, 2}, {2, 4, 4, 17, 3, 3, 1}, {3, 8, 4, 3, 33, 5, 2}, {3, 2, 1, 33, 34, 3, 2}} {
			for form, p := range network(l[0], l[1], l[2], l[3], l[4], l[5], l[6]) {
				t.Run(fmt.Sprintf("%s/%v/%s", tile.ISA(), l, form), func(t *testing.T) {
					r := rand.New(rand.NewPCG(1, 1))
					check(t, m, r, p, [3]int{size(p.X, p.Batch, p.Height.In, p.InChannels),
						size(p.W, p.InChannels, p.Height.Kernel, p.OutChannels), size(p.Y, p.Batch, p.Height.Out, p.OutChannels)})
				})
			}
		}
	}
}

func size(s Strides, batch, side, channels int) int {
	return (batch-1)*s.Batch + (side-1)*(s.Height+s.Width) + (channels-1)*s.Channels + 1
}

func TestThreadsDoNotChangeBits(t *testing.T) {
	for form, p := range network(9, 16, 8, 20, 40, 5, 2) {
		r := rand.New(rand.NewPCG(3, 3))
		x := randomFloats(r, size(p.X, p.Batch, p.Height.In, p.InChannels))
		w := randomFloats(r, size(p.W, p.InChannels, p.Height.Kernel, p.OutChannels))
		var want []float32
		for _, n := range []int{1, 2, 5} {
			threads := pool.New(n)
			m := matmul.New(threads, simd.MatrixTile())
			plan, err := NewPlan(p, m.Tile())
			if err != nil {
				t.Fatal(err)
			}
			y := make([]float32, size(p.Y, p.Batch, p.Height.Out, p.OutChannels))
			plan.Run(m, y, x, w)
			threads.Close()
			if want == nil {
				want = y
			}
			if !slices.Equal(y, want) {
				t.Errorf("%s: %d threads give other bits than one", form, n)
			}
		}
	}
}

func TestUnusableLayouts(t *testing.T) {
	good := network(2, 4, 4, 5, 6, 3, 1)["forward"]
	cases := map[string]func(*Problem){
		"output channels apart": func(p *Problem) { p.Y.Channels = 2 },
		"input axes apart":      func(p *Problem) { p.X.Channels, p.X.Batch = 2, 7 },
		"kernel axes apart":     func(p *Problem) { p.W.Channels, p.W.Batch = 2, 7 },
		"two kinds of groups":   func(p *Problem) { p.Groups, p.BatchGroups = 5, 2 },
		"channels not divided":  func(p *Problem) { p.Groups = 2 },
	}
	for name, spoil := range cases {
		p := good
		spoil(&p)
		if _, err := NewPlan(p, simd.MatrixTile()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkConv(b *testing.B) {
	threads := pool.New(0)
	defer threads.Close()
	m := matmul.New(threads, simd.MatrixTile())
	r := rand.New(rand.NewPCG(1, 1))
	layers := []struct {
		name string
		dims [7]int // batch, in, out, channels in and out, kernel, stride
	}{
		{"svhn32/conv1", [7]int{128, 32, 16, 3, 64, 5, 2}},
		{"svhn32/conv2", [7]int{128, 16, 8, 64, 128, 5, 2}},
		{"svhn32/conv3", [7]int{128, 8, 4, 128, 256, 5, 2}},
		{"imagenet32/conv1", [7]int{64, 32, 32, 3, 128, 3, 1}},
		{"imagenet32/conv2", [7]int{64, 32, 16, 128, 128, 3, 2}},
		{"imagenet32/conv3", [7]int{64, 16, 16, 128, 256, 3, 1}},
		{"imagenet32/conv4", [7]int{64, 16, 8, 256, 256, 3, 2}},
		{"imagenet32/conv5", [7]int{64, 8, 8, 256, 512, 3, 1}},
		{"imagenet32/conv6", [7]int{64, 8, 4, 512, 512, 3, 2}},
	}
	for _, l := range layers {
		d := l.dims
		forms := network(d[0], d[1], d[2], d[3], d[4], d[5], d[6])
		for _, form := range []string{"forward", "byInput", "byKernel"} {
			p := forms[form]
			b.Run("layer="+l.name+"/form="+form, func(b *testing.B) {
				plan, err := NewPlan(p, m.Tile())
				if err != nil {
					b.Fatal(err)
				}
				x := randomFloats(r, size(p.X, p.Batch, p.Height.In, p.InChannels))
				w := randomFloats(r, size(p.W, p.InChannels, p.Height.Kernel, p.OutChannels))
				y := memory.Floats(size(p.Y, p.Batch, p.Height.Out, p.OutChannels))
				for b.Loop() {
					plan.Run(m, y, x, w)
				}
				flops := 2 * float64(d[0]*d[2]*d[2]*d[3]*d[4]) * float64(d[5]*d[5])
				b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// TestRefusesScatteredInputs: an input is refused if neither its channels nor its batch are
// contiguous.
func TestRefusesScatteredInputs(t *testing.T) {
	for _, batch := range []int{1, 2} {
		p := Problem{Batch: batch, InChannels: 3, OutChannels: 4, Height: Axis{In: 5, Kernel: 3, Out: 3}, Width: Axis{In: 5, Kernel: 3, Out: 3}}
		p.X, _ = strides("bchw", batch, 5, 5, 3)
		p.W, _ = strides("hwbc", 3, 3, 3, 4)
		p.Y, _ = strides("bhwc", batch, 3, 3, 4)
		if _, err := NewPlan(p, simd.MatrixTile()); err == nil {
			t.Errorf("batch %d: images with channels before rows were accepted", batch)
		}
	}
}
