package conv

// strip says how the input rows of a task are copied with their padding.
type strip struct {
	Problem
	cell, row int // floats from one position to the next, and from one row to the next
	width     int // positions of a row
	extra     int // input rows that the kernel's further rows read below the last output row
}

// conflict is a number of floats: rows that are a multiple of it apart use the same sets of the
// first-level cache.
const conflict = 1024

// newStrip returns nil if x can be read in place: no position reads beyond the image, and
// neighbouring positions use different sets of the first-level cache.
func newStrip(p Problem) *strip {
	if p.Height.inside() && p.Width.inside() && p.Width.Stride*p.X.Width%conflict != 0 {
		return nil
	}
	s := &strip{Problem: p, cell: p.InChannels,
		width: (p.Width.Out-1)*p.Width.Stride + (p.Width.Kernel-1)*p.Width.KernelDilation + 1,
		extra: (p.Height.Kernel-1)*p.Height.KernelDilation + 1}
	if p.Width.Stride*s.cell%conflict == 0 {
		s.cell += 16
	}
	s.row = s.width * s.cell
	return s
}

// inside reports whether all output positions read within the image.
func (a Axis) inside() bool {
	return a.Padding <= 0 && (a.Out-1)*a.Stride+(a.Kernel-1)*a.KernelDilation-a.Padding < a.In
}

// height returns the number of input rows for some output rows.
func (s *strip) height(lines int) int { return (lines-1)*s.Height.Stride + s.extra }

// copy copies the input rows of the output rows [from, to) of an image, with zeros beyond it.
func (s *strip) copy(dst, x []float32, image, from, to int) {
	for i := range s.height(to - from) {
		row := dst[i*s.row:][:s.row]
		h := from*s.Height.Stride - s.Height.Padding + i
		if h < 0 || h >= s.Height.In {
			clear(row)
			continue
		}
		s.copyRow(row, x[image*s.X.Batch+h*s.X.Height:])
	}
}

// copyRow copies a row: position i of the copy is column i-Padding of the image.
func (s *strip) copyRow(dst, src []float32) {
	from := min(max(s.Width.Padding, 0), s.width)
	to := max(from, min(s.width, s.Width.In+s.Width.Padding))
	clear(dst[:from*s.cell])
	clear(dst[to*s.cell:])
	if from == to {
		return
	}
	src = src[(from-s.Width.Padding)*s.X.Width:]
	dst = dst[from*s.cell:]
	if s.cell == s.InChannels && s.X.Width == s.InChannels {
		copy(dst, src[:(to-from)*s.cell])
		return
	}
	for i := range to - from {
		copy(dst[i*s.cell:][:s.InChannels], src[i*s.X.Width:])
	}
}
