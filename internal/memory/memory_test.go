package memory

import (
	"testing"
	"unsafe"
)

func TestAlignment(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 1000, 1 << 20, 1<<20 + 1, 3 << 20} {
		f := Floats(n)
		if len(f) != n || cap(f) != n {
			t.Fatalf("%d floats asked for, %d given with room for %d", n, len(f), cap(f))
		}
		if n > 0 && uintptr(unsafe.Pointer(&f[0]))%line != 0 {
			t.Errorf("%d floats lie at %p, not at a multiple of %d", n, &f[0], line)
		}
		for i, v := range f {
			if v != 0 {
				t.Fatalf("float %d of %d is %g, not zero", i, n, v)
			}
		}
	}
}

func TestMap(t *testing.T) {
	for _, n := range []int{1, 5000, 5 << 20} {
		b, release, err := Map(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != n || cap(b) != n {
			t.Errorf("%d bytes asked for, %d given with room for %d", n, len(b), cap(b))
		}
		for i := range b {
			if b[i] != 0 {
				t.Fatalf("byte %d of %d is %d", i, n, b[i])
			}
			b[i] = 1
		}
		release()
		release()
	}
	if _, _, err := Map(1 << 60); err == nil {
		t.Error("2⁶⁰ bytes were given")
	}
}

func TestArenasAreReused(t *testing.T) {
	var s Arenas
	take := func(n int) *Arena {
		t.Helper()
		a, err := s.Take(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Bytes()) < n || uintptr(unsafe.Pointer(&a.Bytes()[0]))%line != 0 {
			t.Fatalf("%d bytes asked for, %d given at %p", n, len(a.Bytes()), &a.Bytes()[0])
		}
		clear(a.Bytes())
		return a
	}
	small, large := take(1000), take(5<<20)
	address := &large.Bytes()[0]
	if small.Give(); len(s.free) != 1 {
		t.Errorf("%d free arenas, want 1", len(s.free))
	}
	large.Give()
	if again := take(4 << 20); &again.Bytes()[0] != address {
		t.Error("a free arena was not used")
	} else {
		again.Give()
	}
	if grown := take(6 << 20); len(s.free) != 1 {
		t.Errorf("%d free arenas after one was replaced by a larger one, want 1", len(s.free))
	} else {
		s.Close()
		grown.Give()
	}
	if len(s.free) != 0 {
		t.Errorf("%d free arenas after Close", len(s.free))
	}
	if _, err := s.Take(1 << 60); err == nil {
		t.Error("2⁶⁰ bytes were given")
	}
}

// What a store gives out is zero, aligned, and its own.
func TestStore(t *testing.T) {
	var s Store
	sizes := []int{3, 1000, storePiece / 4, storePiece - 4096, 5000, 1, storePiece/2 + 7, 0, 64}
	var given [][]float32
	for i, n := range sizes {
		f, err := s.Floats(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(f) != n || n > 0 && (cap(f) != n || uintptr(unsafe.Pointer(&f[0]))%line != 0) {
			t.Fatalf("%d floats asked for, %d given with room for %d", n, len(f), cap(f))
		}
		for k := 0; k < n; k += 1000 {
			if f[k] != 0 {
				t.Fatalf("float %d of %d is %g, not zero", k, n, f[k])
			}
			f[k] = float32(i + 1)
		}
		given = append(given, f)
	}
	for i, f := range given {
		for k := 0; k < len(f); k += 1000 {
			if f[k] != float32(i+1) {
				t.Fatalf("float %d of value %d became %g", k, i, f[k])
			}
		}
	}
	s.Free()
	s.Free()
	if _, err := s.Bytes(1); err == nil {
		t.Error("a freed store gave memory")
	}
	if _, err := new(Store).Bytes(1 << 60); err == nil {
		t.Error("2⁶⁰ bytes were given")
	}
}
