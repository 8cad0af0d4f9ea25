// Package equalrows finds the rows of one set that equal a row of another, byte for byte.
//
// Several goroutines read both sets once, in blocks, and hash each row to 64 bits. Rows with
// equal hashes are read again and compared, so that the counts are exact. Memory is about 50
// bytes per row of the second set, for any size of a row and of the first set.
package equalrows

import (
	"bytes"
	"context"
	"hash/maphash"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Block is the largest number of rows per call of a Reader.
const Block = 32

// Reader returns the bytes of the rows [lo, hi), valid until the next call.
type Reader func(lo, hi int) [][]byte

// Set is a number of rows that several goroutines can read.
type Set struct {
	N    int           // number of rows
	Open func() Reader // makes a Reader for the use of one goroutine
}

// Result describes which rows of b are in a.
type Result struct {
	// Rows is the number of rows of b that equal a row of a.
	Rows int
	// B is the first of these rows, A the first row of a that equals it.
	A, B int
	// Same reports whether a and b have the same rows in the same order.
	Same bool
}

// Compare finds the rows of b that equal a row of a. seen receives the number of rows read,
// from several goroutines, and may be nil.
func Compare(ctx context.Context, a, b Set, seen func(rows int)) (Result, error) {
	if a.N == 0 || b.N == 0 {
		return Result{}, ctx.Err()
	}
	if seen == nil {
		seen = func(int) {}
	}
	seed := maphash.MakeSeed()
	hashes := make([]uint64, b.N)
	err := each(ctx, b, seen, func(row int, data []byte) { hashes[row] = maphash.Bytes(seed, data) })
	if err != nil {
		return Result{}, err
	}
	t := index(b, hashes)
	differs := atomic.Bool{}
	pools := sync.Pool{New: func() any { return b.Open() }}
	err = each(ctx, a, seen, func(row int, data []byte) {
		h := maphash.Bytes(seed, data)
		if row >= b.N || h != hashes[row] {
			differs.Store(true)
		}
		if g, ok := t.first[h]; ok {
			read := pools.Get().(Reader)
			t.found(g, row, data, read)
			pools.Put(read)
		}
	})
	if err != nil {
		return Result{}, err
	}
	r := t.result()
	r.Same = a.N == b.N && r.Rows == b.N && !differs.Load()
	return r, nil
}

// chunk is the number of rows that a goroutine processes at a time.
const chunk = 128 * Block

// each calls do for every row, on several goroutines.
func each(ctx context.Context, s Set, seen func(int), do func(row int, data []byte)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (s.N+chunk-1)/chunk) {
		wg.Go(func() {
			read := s.Open()
			for {
				lo := int(next.Add(chunk)) - chunk
				hi := min(lo+chunk, s.N)
				for ; lo < hi && ctx.Err() == nil; lo += Block {
					some := read(lo, min(lo+Block, hi))
					for i, data := range some {
						do(lo+i, data)
					}
					seen(len(some))
				}
				if hi == s.N || lo < hi || lo >= s.N {
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// group is a set of equal rows of b.
type group struct {
	row, count int32        // the first of them, and their number
	next       int32        // another group with the same hash, or -1
	at         atomic.Int64 // the first row of a that equals them, or none
}

const none = math.MaxInt64

// table holds the distinct rows of b.
type table struct {
	first  map[uint64]int32
	groups []group
}

// index sorts the rows of b into groups.
func index(b Set, hashes []uint64) *table {
	t := &table{first: make(map[uint64]int32, b.N), groups: make([]group, 0, b.N)}
	one, other := b.Open(), b.Open()
	for i, h := range hashes {
		last, known := t.first[h]
		if !known {
			last = -1
		}
		g := last
		for ; g >= 0; g = t.groups[g].next {
			if row := int(t.groups[g].row); bytes.Equal(one(row, row+1)[0], other(i, i+1)[0]) {
				t.groups[g].count++
				break
			}
		}
		if g < 0 {
			t.first[h] = int32(len(t.groups))
			t.groups = append(t.groups, group{row: int32(i), count: 1, next: last})
			t.groups[len(t.groups)-1].at.Store(none)
		}
	}
	return t
}

// found records that a row of a has the hash of the groups from g on.
func (t *table) found(g int32, row int, data []byte, read Reader) {
	for ; g >= 0; g = t.groups[g].next {
		of := &t.groups[g]
		if !bytes.Equal(read(int(of.row), int(of.row)+1)[0], data) {
			continue
		}
		for at := of.at.Load(); int64(row) < at && !of.at.CompareAndSwap(at, int64(row)); at = of.at.Load() {
		}
		return
	}
}

func (t *table) result() Result {
	var r Result
	for i := range t.groups { // in the order of their first rows
		g := &t.groups[i]
		at := g.at.Load()
		if at == none {
			continue
		}
		if r.Rows == 0 {
			r.A, r.B = int(at), int(g.row)
		}
		r.Rows += int(g.count)
	}
	return r
}
