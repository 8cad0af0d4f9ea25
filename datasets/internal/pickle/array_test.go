package pickle

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// Type codes of numpy.dtype(…).str, with the value of the bytes 0x80 0x01 0 … in each.
func TestDTypeValues(t *testing.T) {
	data := []byte{0x80, 0x01, 0, 0, 0, 0, 0, 0}
	for code, want := range map[string]int64{
		"u1": 0x80, "|u1": 0x80, "i1": -0x80, "b1": 0x80,
		"<u2": 0x180, ">u2": 0x8001, "<i2": 0x180, ">i2": -0x7fff, "=i2": 0x180,
		"<u4": 0x180, ">u4": 0x80010000, ">i4": -0x7fff0000,
		"<i8": 0x180, ">i8": -0x7fff000000000000,
	} {
		d, err := parseDType(code)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if got, err := d.value(data); err != nil || got != want {
			t.Errorf("%s: %#x, %v; want %#x", code, got, err, want)
		}
	}
	big, err := parseDType(">u8")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := big.value(data); err == nil || !strings.Contains(err.Error(), "is too large") {
		t.Errorf("an integer above 2⁶³: %d, %v", v, err)
	}
	if v, err := big.value(data[:7]); err == nil || !strings.Contains(err.Error(), "7 bytes for an integer of u8") {
		t.Errorf("seven bytes: %d, %v", v, err)
	}
	for _, code := range []string{"", "u", ">", "f4", "u3", "u16", "O8", "S1", "<u1x", "c8", "<<u1"} {
		if d, err := parseDType(code); err == nil {
			t.Errorf("%q is read as %v", code, d)
		}
	}
}

func TestSetOrder(t *testing.T) {
	d, err := parseDType("u2")
	if err != nil {
		t.Fatal(err)
	}
	for order, want := range map[string]int64{">": 0x0102, "<": 0x0201, "|": 0x0201, "=": 0x0201} {
		if err := d.setOrder(order); err != nil {
			t.Fatal(err)
		}
		if got, err := d.value([]byte{1, 2}); err != nil || got != want {
			t.Errorf("%s: %#x, %v; want %#x", order, got, err, want)
		}
	}
	if err := d.setOrder("!"); err == nil || !strings.Contains(err.Error(), `byte order "!"`) {
		t.Errorf("error %v", err)
	}
}

// array makes an array of unsigned bytes 0, 1, 2, …
func array(t *testing.T, fortran bool, shape ...int64) *Array {
	t.Helper()
	n, dims := int64(1), Tuple{}
	for _, s := range shape {
		n *= s
		dims = append(dims, s)
	}
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	a := &Array{}
	if err := a.fill(dims, &dtype{code: 'u', size: 1}, fortran, data); err != nil {
		t.Fatal(err)
	}
	return a
}

// Columns of a Fortran array lie one after the other: [[0 2 4] [1 3 5]].
func TestArrayOrder(t *testing.T) {
	for _, tt := range []struct {
		a    *Array
		want []byte
	}{
		{array(t, false, 2, 3), []byte{0, 1, 2, 3, 4, 5}},
		{array(t, true, 2, 3), []byte{0, 2, 4, 1, 3, 5}},
		{array(t, true, 6), []byte{0, 1, 2, 3, 4, 5}},
		{array(t, false, 1, 2, 3), []byte{0, 1, 2, 3, 4, 5}},
		{array(t, true, 3, 0), []byte{}},
	} {
		if got, err := tt.a.Bytes(); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v: %v, %v; want %v", tt.a, got, err, tt.want)
		}
	}
	if _, err := array(t, true, 1, 2, 3).Bytes(); err == nil || !strings.Contains(err.Error(), "ascontiguousarray") {
		t.Errorf("three dimensions in column order: error %v", err)
	}
}

func TestArrayFillErrors(t *testing.T) {
	u1 := &dtype{code: 'u', size: 1}
	many := make(Tuple, maxDims+1)
	for i := range many {
		many[i] = int64(1)
	}
	for _, tt := range []struct {
		name  string
		shape Tuple
		want  string
	}{
		{"dimensions", many, "33 dimensions"},
		{"a text", Tuple{"2"}, "a dimension of 2"},
		{"negative", Tuple{int64(-1)}, "a dimension of -1"},
		{"above 2³¹", Tuple{int64(math.MaxInt32) + 1}, "a dimension of 2147483648"},
		{"a product that wraps to 0", Tuple{int64(1 << 30), int64(1 << 30), int64(1 << 4)}, "a dimension of"},
		{"too long", Tuple{int64(3)}, "has 2 bytes where 3 are expected"},
		{"no dimensions", Tuple{}, "has 2 bytes where 1 are expected"},
	} {
		if err := new(Array).fill(tt.shape, u1, false, []byte{1, 2}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Integers come from arrays of one dimension alone; pixels from unsigned bytes alone.
func TestArrayKinds(t *testing.T) {
	if got, err := array(t, false, 3).ints(); err != nil || !reflect.DeepEqual(got, []int64{0, 1, 2}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := array(t, false, 3, 1).ints(); err == nil || !strings.Contains(err.Error(), "shape [3 1], not a list of integers") {
		t.Errorf("two dimensions: error %v", err)
	}
	signed := &Array{}
	if err := signed.fill(Tuple{int64(1)}, &dtype{code: 'i', size: 1}, false, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := signed.Bytes(); err == nil || !strings.Contains(err.Error(), "pixels are unsigned bytes") {
		t.Errorf("signed bytes: error %v", err)
	}
}

// The state of an object is set once, and only to one that NumPy writes.
func TestBuild(t *testing.T) {
	u1 := &dtype{code: 'u', size: 1}
	state := Tuple{int64(1), Tuple{int64(2)}, u1, false, []byte{3, 4}}
	a := &Array{}
	if err := build(a, state); err != nil {
		t.Fatal(err)
	}
	if err := build(a, state); err == nil {
		t.Error("the state was set twice")
	}
	if early := new(Array); build(early, state[1:]) != nil || early.data[1] != 4 {
		t.Error("the state without a version, as early versions wrote it, is refused")
	}
	for i, wrong := range []any{"1", "shape", "type", "order", "bytes"} {
		if i == 0 {
			continue // the version may be anything
		}
		s := append(Tuple{}, state...)
		if s[i] = wrong; build(new(Array), s) == nil {
			t.Errorf("the %s is accepted as element %d of the state", wrong, i)
		}
	}
	for _, tt := range []struct{ object, state any }{{u1, Tuple{}}, {u1, Tuple{int64(3), "!"}}, {&List{}, state}, {new(Array), nil}} {
		if err := build(tt.object, tt.state); err == nil {
			t.Errorf("%v gets the state %v", tt.object, tt.state)
		}
	}
}
