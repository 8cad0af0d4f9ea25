package strided

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// walk calls f with every index of dims.
func walk(dims []int, f func(index []int)) {
	n := 1
	for _, d := range dims {
		n *= d
	}
	index := make([]int, len(dims))
	for i := range n {
		for k, rest := len(dims)-1, i; k >= 0; k-- {
			index[k] = rest % dims[k]
			rest /= dims[k]
		}
		f(index)
	}
}

func (l Layout) at(index []int) int {
	p := l.Offset
	for k, i := range index {
		p += i * l.Strides[k]
	}
	return p
}

// layout returns a random layout of dims; a source may repeat and reverse axes.
func layout(r *rand.Rand, dims []int, source bool) (Layout, int) {
	order := r.Perm(len(dims))
	l := Layout{Strides: make([]int, len(dims))}
	step := 1
	for _, k := range order {
		l.Strides[k] = step
		if source && r.IntN(5) == 0 {
			l.Strides[k] = 0
			continue
		}
		step *= max(dims[k], 1)
		if r.IntN(3) == 0 {
			step += r.IntN(3)
		}
		if source && r.IntN(4) == 0 && dims[k] > 0 {
			l.Offset += l.Strides[k] * (dims[k] - 1)
			l.Strides[k] = -l.Strides[k]
		}
	}
	return l, step
}

func TestRandomCopies(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(1, 2))
	rounds := 600
	if testing.Short() {
		rounds = 100 // the race detector takes ten times as long
	}
	for i := range rounds {
		dims := make([]int, r.IntN(6))
		for k := range dims {
			dims[k] = []int{0, 1, 2, 3, 5, 17, 40}[min(r.IntN(40)+1, 3+r.IntN(4))]
		}
		elem := []int{1, 2, 4, 8, 16}[r.IntN(5)]
		dst, dn := layout(r, dims, false)
		src, sn := layout(r, dims, true)
		t.Run(fmt.Sprintf("%d", i), func(t *testing.T) { compare(t, p, r, dims, dst, src, dn, sn, elem) })
	}
}

func compare(t *testing.T, p *pool.Pool, r *rand.Rand, dims []int, dst, src Layout, dn, sn, elem int) {
	t.Helper()
	// There is room for one element even if no element is copied.
	to, from := make([]byte, (dn+1)*elem), make([]byte, (sn+1)*elem)
	for i := range from {
		from[i] = byte(r.Uint32())
	}
	want := append([]byte(nil), to...)
	walk(dims, func(index []int) {
		copy(want[dst.at(index)*elem:][:elem], from[src.at(index)*elem:][:elem])
	})
	Plan(dims, dst, src, elem).Run(p, unsafe.Pointer(&to[0]), unsafe.Pointer(&from[0]))
	for i := range want {
		if to[i] != want[i] {
			t.Fatalf("dims %v, to %v, from %v, %d bytes: byte %d is %d, want %d", dims, dst, src, elem, i, to[i], want[i])
		}
	}
}

func TestLargeCopies(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(3, 4))
	for _, dims := range [][]int{{300, 501}, {2, 70, 33, 41}, {100_001}} {
		turned := Dense(dims)
		for i, j := 0, len(dims)-1; i < j; i, j = i+1, j-1 {
			turned.Strides[i], turned.Strides[j] = turned.Strides[j], turned.Strides[i]
		}
		back := append([]int(nil), dims...)
		for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
			back[i], back[j] = back[j], back[i]
		}
		n := 1
		for _, d := range dims {
			n *= d
		}
		for _, elem := range []int{1, 4, 8} {
			compare(t, p, r, dims, Dense(dims), Dense(dims), n, n, elem)
			if len(dims) == 2 {
				compare(t, p, r, back, Dense(back), Layout{Strides: []int{1, dims[1]}}, n, n, elem)
			}
		}
	}
}

func TestFill(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	dst := make([]uint32, 100_000)
	v := uint32(7)
	Fill(p, unsafe.Pointer(&dst[0]), len(dst)-1, 4, unsafe.Pointer(&v))
	for i, got := range dst[:len(dst)-1] {
		if got != 7 {
			t.Fatalf("element %d is %d, want 7", i, got)
		}
	}
	if dst[len(dst)-1] != 0 {
		t.Error("the element behind the last was written")
	}
}

func BenchmarkTranspose(b *testing.B) {
	p := pool.New(0)
	defer p.Close()
	const n = 2048
	src, dst := make([]float32, n*n), make([]float32, n*n)
	c := Plan([]int{n, n}, Dense([]int{n, n}), Layout{Strides: []int{1, n}}, 4)
	b.SetBytes(8 * n * n)
	for b.Loop() {
		c.Run(p, unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]))
	}
}

// Channel shuffles of two groups take their own kernel.
func TestShuffles(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(5, 6))
	for _, channels := range []int{1, 2, 7, 16, 58, 116} {
		for _, groups := range []int{2, 3} {
			dims := []int{9, channels, groups}
			n := 9 * channels * groups
			src := Layout{Strides: []int{channels * groups, 1, channels}}
			for _, elem := range []int{1, 4, 8} {
				compare(t, p, r, dims, Dense(dims), src, n, n, elem)
			}
		}
	}
}
