package conv

import "fmt"

// Axis is one spatial axis of a convolution. Strides and dilations of 0 mean 1.
type Axis struct {
	In, Kernel, Out int  // sizes in elements
	Stride          int  // distance of neighbouring outputs, in positions of the dilated input
	Padding         int  // zeros before the input, may be negative
	InDilation      int  // distance of neighbouring input elements in the dilated input; zeros lie between them
	KernelDilation  int  // distance of neighbouring kernel cells, in positions of the dilated input
	Reverse         bool // the kernel is read back to front
}

// Strides are the distances in memory, in elements, between neighbours on each axis.
type Strides struct {
	Batch, Height, Width, Channels int // for a kernel: input channels, rows, columns, output channels
}

// Problem is a convolution of x [Batch, Height.In, Width.In, InChannels] with
// w [Height.Kernel, Width.Kernel, InChannels/Groups, OutChannels], giving
// y [Batch/BatchGroups, Height.Out, Width.Out, OutChannels].
type Problem struct {
	// Batch is the number of images; InChannels and OutChannels are the numbers of channels.
	Batch, InChannels, OutChannels int
	// Height and Width are the two spatial axes.
	Height, Width Axis
	// Groups and BatchGroups of 0 mean 1; at most one of them is above 1.
	Groups, BatchGroups int
	// X, W and Y are the strides of x, w and y.
	X, W, Y Strides
	// Alone says that one thread runs the plan: it is not divided further than caches need.
	Alone bool
}

// normal returns p with zero values replaced by their meaning.
func (p Problem) normal() Problem {
	p.Groups, p.BatchGroups = max(p.Groups, 1), max(p.BatchGroups, 1)
	for _, a := range []*Axis{&p.Height, &p.Width} {
		a.Stride, a.InDilation, a.KernelDilation = max(a.Stride, 1), max(a.InDilation, 1), max(a.KernelDilation, 1)
	}
	return p
}

// validate returns an error if this package cannot compute p.
func (p Problem) validate() error {
	if p.Y.Channels != 1 && p.OutChannels > 1 {
		return fmt.Errorf("conv: the output's channels are %d apart, want 1", p.Y.Channels)
	}
	if p.X.Channels != 1 && p.X.Batch != 1 && p.InChannels > 1 {
		return fmt.Errorf("conv: neither batch (%d) nor channels (%d) of the input are contiguous", p.X.Batch, p.X.Channels)
	}
	if p.W.Channels != 1 && p.W.Batch != 1 && p.OutChannels > 1 && p.InChannels > 1 {
		return fmt.Errorf("conv: neither input (%d) nor output channels (%d) of the kernel are contiguous", p.W.Batch, p.W.Channels)
	}
	if p.Groups > 1 && p.BatchGroups > 1 {
		return fmt.Errorf("conv: %d channel groups and %d batch groups; only one of them may be above 1", p.Groups, p.BatchGroups)
	}
	if p.InChannels%p.Groups != 0 || p.OutChannels%(p.Groups*p.BatchGroups) != 0 || p.Batch%p.BatchGroups != 0 {
		return fmt.Errorf("conv: %d and %d channels, batch %d, in %d channel groups and %d batch groups",
			p.InChannels, p.OutChannels, p.Batch, p.Groups, p.BatchGroups)
	}
	return nil
}

// phase is a class of output positions on one axis: count positions first, first+step, ….
// Position q of the class reads input q·inStep + delta for each tap.
type phase struct {
	first, step, count int
	inStep             int
	taps               []tap
}

// tap is a kernel index and the offset at which it reads.
type tap struct{ kernel, delta int }

// phases splits the output positions of the axis.
func (a Axis) phases() []phase {
	period := a.InDilation / gcd(a.InDilation, a.Stride)
	var ps []phase
	for first := range min(period, a.Out) {
		p := phase{first: first, step: period, count: (a.Out - first + period - 1) / period, inStep: period * a.Stride / a.InDilation}
		for r := range a.Kernel {
			at := first*a.Stride + r*a.KernelDilation - a.Padding
			if at%a.InDilation != 0 {
				continue
			}
			p.taps = append(p.taps, tap{a.index(r), at / a.InDilation})
		}
		ps = append(ps, p)
	}
	return ps
}

// index returns the r-th kernel index in the order of reading.
func (a Axis) index(r int) int {
	if a.Reverse {
		return a.Kernel - 1 - r
	}
	return r
}

// inside reports whether position q reads an input of the given size through tap t, and returns
// the input position.
func (p phase) inside(q int, t tap, in int) (int, bool) {
	at := q*p.inStep + t.delta
	return at, at >= 0 && at < in
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
