package strided

import (
	"unsafe"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// taskBytes is the approximate number of bytes per task: enough work to use a thread.
const taskBytes = 64 << 10

// Run copies. dst and src are the addresses at offset 0 of the layouts; the caller must ensure
// that all elements are within the memory of the arrays.
func (c *Copy) Run(p *pool.Pool, dst, src unsafe.Pointer) {
	switch c.elem {
	case 1:
		run[uint8](c, p, dst, src)
	case 2:
		run[uint16](c, p, dst, src)
	case 4:
		run[uint32](c, p, dst, src)
	case 8:
		run[uint64](c, p, dst, src)
	default:
		run[[2]uint64](c, p, dst, src)
	}
}

// run cuts the outer loops into tasks.
func run[T any](c *Copy, p *pool.Pool, dst, src unsafe.Pointer) {
	to, from := at[T](dst, c.dst), at[T](src, c.src)
	if len(c.axes) == 0 {
		*(*T)(to) = *(*T)(from)
		return
	}
	inner := 1
	if c.turned {
		inner = 2
	}
	if len(c.axes) == inner {
		c.whole(p, to, from)
		return
	}
	outer, body := c.axes[:len(c.axes)-inner], c.axes[len(c.axes)-inner:]
	loops, bytes := 1, c.elem
	for _, a := range outer {
		loops *= a.n
	}
	for _, a := range body {
		bytes *= a.n
	}
	per := max(taskBytes/max(bytes, 1), 1)
	p.Run((loops+per-1)/per, func(i int) {
		for j := i * per; j < min((i+1)*per, loops); j++ {
			d, s := 0, 0
			for k, rest := len(outer)-1, j; k >= 0; k-- {
				q := rest % outer[k].n
				rest /= outer[k].n
				d, s = d+q*outer[k].dst, s+q*outer[k].src
			}
			block[T](body, at[T](to, d), at[T](from, s))
		}
	})
}

// whole divides the outermost of the inner loops if there are no outer loops.
func (c *Copy) whole(p *pool.Pool, dst, src unsafe.Pointer) {
	first := c.axes[0]
	bytes := c.elem
	for _, a := range c.axes[1:] {
		bytes *= a.n
	}
	per := max(taskBytes/max(bytes, 1), 16)
	p.Run((first.n+per-1)/per, func(i int) {
		axes := append([]axis{{min(per, first.n-i*per), first.dst, first.src}}, c.axes[1:]...)
		d, s := i*per*first.dst*c.elem, i*per*first.src*c.elem
		switch c.elem {
		case 1:
			block[uint8](axes, unsafe.Add(dst, d), unsafe.Add(src, s))
		case 2:
			block[uint16](axes, unsafe.Add(dst, d), unsafe.Add(src, s))
		case 4:
			block[uint32](axes, unsafe.Add(dst, d), unsafe.Add(src, s))
		case 8:
			block[uint64](axes, unsafe.Add(dst, d), unsafe.Add(src, s))
		default:
			block[[2]uint64](axes, unsafe.Add(dst, d), unsafe.Add(src, s))
		}
	})
}

// at returns the address of element i after p.
func at[T any](p unsafe.Pointer, i int) unsafe.Pointer {
	return unsafe.Add(p, i*int(unsafe.Sizeof(*new(T))))
}

// block copies the innermost loop, or the two loops of a transposition.
func block[T any](axes []axis, dst, src unsafe.Pointer) {
	a := axes[0]
	if len(axes) == 1 {
		line[T](a, dst, src)
		return
	}
	inner := axes[1]
	if _, ok := any(new(T)).(*uint32); ok && a.dst > 0 && inner.src > 0 {
		if inner.n == 2 && a.dst == 2 {
			from := unsafe.Slice((*float32)(src), inner.src+a.n)
			simd.Interleave(unsafe.Slice((*float32)(dst), 2*a.n), from, from[inner.src:])
			return
		}
		// dst[j·a.dst + i] = src[i·inner.src + j]
		to := unsafe.Slice((*float32)(dst), (a.n-1)*a.dst+inner.n)
		from := unsafe.Slice((*float32)(src), (inner.n-1)*inner.src+a.n)
		simd.MatrixTile().Transpose(to, a.dst, from, inner.src, inner.n, a.n)
		return
	}
	turn[T](a, inner, dst, src)
}

// square is the side of the squares in which a transposition proceeds.
const square = 32

// turn transposes element by element, square by square.
func turn[T any](a, inner axis, dst, src unsafe.Pointer) {
	for i0 := 0; i0 < a.n; i0 += square {
		for j0 := 0; j0 < inner.n; j0 += square {
			for i := i0; i < min(i0+square, a.n); i++ {
				for j := j0; j < min(j0+square, inner.n); j++ {
					*(*T)(at[T](dst, i*a.dst+j*inner.dst)) = *(*T)(at[T](src, i*a.src+j*inner.src))
				}
			}
		}
	}
}

// line copies one loop.
func line[T any](a axis, dst, src unsafe.Pointer) {
	switch {
	case a.dst == 1 && a.src == 1:
		copy(unsafe.Slice((*T)(dst), a.n), unsafe.Slice((*T)(src), a.n))
	case a.dst == 1 && a.src == 0:
		fill(unsafe.Slice((*T)(dst), a.n), *(*T)(src))
	default:
		for i := range a.n {
			*(*T)(at[T](dst, i*a.dst)) = *(*T)(at[T](src, i*a.src))
		}
	}
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// Fill sets n elements of elemSize bytes to the element at value.
func Fill(p *pool.Pool, dst unsafe.Pointer, n, elemSize int, value unsafe.Pointer) {
	Plan([]int{n}, Layout{Strides: []int{1}}, Layout{Strides: []int{0}}, elemSize).Run(p, dst, value)
}
