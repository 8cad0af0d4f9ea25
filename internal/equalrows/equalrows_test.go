package equalrows

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// of makes a set of the given rows.
func of(rows [][]byte) Set {
	return Set{N: len(rows), Open: func() Reader {
		return func(lo, hi int) [][]byte {
			if hi-lo > Block {
				panic("too many rows")
			}
			return rows[lo:hi]
		}
	}}
}

// bySlow is Compare by a comparison of all pairs.
func bySlow(a, b [][]byte) Result {
	r := Result{Same: len(a) == len(b) && len(a) > 0}
	for i, y := range b {
		equal := -1
		for j, x := range a {
			if bytes.Equal(x, y) {
				equal = j
				break
			}
		}
		if equal >= 0 {
			if r.Rows == 0 {
				r.A, r.B = equal, i
			}
			r.Rows++
		}
		r.Same = r.Same && bytes.Equal(a[i], y)
	}
	return r
}

// random returns n rows of few values, so that many are equal.
func random(n, d, values int, seed uint64) [][]byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows := make([][]byte, n)
	for i := range rows {
		rows[i] = make([]byte, d)
		for j := range rows[i] {
			rows[i][j] = byte(rng.IntN(values))
		}
	}
	return rows
}

func TestCompare(t *testing.T) {
	distinct := random(9000, 16, 256, 1)
	swapped := append([][]byte{distinct[1], distinct[0]}, distinct[2:]...)
	for _, c := range []struct {
		name string
		a, b [][]byte
	}{
		{"nothing shared", random(300, 16, 256, 2), random(100, 16, 256, 3)},
		{"much shared", random(300, 3, 5, 2), random(200, 3, 5, 3)},
		{"all rows equal", random(5000, 4, 1, 2), random(300, 4, 1, 3)},
		{"the same", random(1000, 8, 256, 4), random(1000, 8, 256, 4)},
		{"the same in another order", swapped[:1000], distinct[:1000]},
		{"a part", distinct[:1000], distinct[40:73]},
		{"more rows in the second", distinct[5:9], distinct[:500]},
		{"one row", distinct[:1], distinct[:1]},
		{"none", nil, distinct[:1]},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := atomic.Int64{}
			got, err := Compare(context.Background(), of(c.a), of(c.b), func(n int) { seen.Add(int64(n)) })
			if want := bySlow(c.a, c.b); err != nil || got != want {
				t.Errorf("%+v, error %v; by all pairs %+v", got, err, want)
			}
			if want := int64(len(c.a) + len(c.b)); len(c.a) > 0 && seen.Load() != want {
				t.Errorf("seen received %d rows of %d", seen.Load(), want)
			}
		})
	}
	// More than a chunk, with several goroutines.
	got, err := Compare(context.Background(), of(distinct), of(swapped), nil)
	if want := (Result{Rows: 9000, A: 1}); err != nil || got != want {
		t.Errorf("%+v, error %v; want %+v", got, err, want)
	}
	if got, _ = Compare(context.Background(), of(distinct), of(distinct), nil); !got.Same || got.Rows != 9000 {
		t.Errorf("a set and itself: %+v", got)
	}
}

func TestCompareCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Compare(ctx, of(random(9, 4, 9, 1)), of(random(9, 4, 9, 1)), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Reading limits the speed: compare with the memory's bandwidth.
func BenchmarkCompare(b *testing.B) {
	for _, d := range []int{3072, 4 * 7168} {
		b.Run(fmt.Sprintf("bytes=%d", d), func(b *testing.B) {
			x, y := random(20_000, 1, 256, 1), random(2000, 1, 256, 2)
			for _, rows := range [][][]byte{x, y} {
				flat := make([]byte, len(rows)*d)
				for i := range rows {
					rows[i] = flat[i*d : (i+1)*d]
					rows[i][0], rows[i][1] = byte(i), byte(i>>8)
				}
			}
			b.SetBytes(int64(len(x)+len(y)) * int64(d))
			for b.Loop() {
				if _, err := Compare(context.Background(), of(x), of(y), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
