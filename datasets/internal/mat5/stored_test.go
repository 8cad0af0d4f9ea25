package mat5

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
)

// orders are both orders of bytes.
var orders = map[string]byteOrder{"little-endian": binary.LittleEndian, "big-endian": binary.BigEndian}

// open returns the only variable of a file.
func open(t *testing.T, data []byte) *Array {
	t.Helper()
	r, err := reader(data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Values come out the same whatever type they are stored in: MATLAB saves doubles that are small
// integers in one byte.
func TestStoredTypes(t *testing.T) {
	ranges := map[dataType][2]float64{
		miInt8: {-128, 127}, miUint8: {0, 255}, miInt16: {-1 << 15, 1<<15 - 1}, miUint16: {0, 1<<16 - 1}, miInt32: {-1 << 31, 1<<31 - 1},
		miUint32: {0, 1<<32 - 1}, miSingle: {-1.5, 1 << 24}, miDouble: {-math.Pi, math.MaxFloat64}, miInt64: {-1 << 53, 1 << 53}, miUint64: {0, 1 << 53},
	}
	for name, order := range orders {
		for typ, r := range ranges {
			t.Run(fmt.Sprintf("%s/type %d", name, typ), func(t *testing.T) {
				want := []float64{r[0], 7, r[1]}
				data := file(order, func(w *writer) {
					w.array(Double, "x", 1, 3)
					w.values(typ, want...)
				})
				if got, err := open(t, data).Numbers(); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%v, %v; want %v", got, err, want)
				}
				bytes := make([]uint8, 3)
				err := open(t, data).ReadUint8(bytes)
				if fits := r[0] == 0 && r[1] == 255; (err == nil) != fits {
					t.Errorf("as bytes %v, error %v", bytes, err)
				}
			})
		}
	}
}

// Bytes are read in parts of any length, over the end of what is converted at a time.
func TestReadUint8InParts(t *testing.T) {
	const n = chunk/2 + 100 // more than one chunk of two bytes each
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i * 31 % 256)
	}
	for _, typ := range []dataType{miUint8, miInt16, miDouble} {
		a := open(t, file(binary.BigEndian, func(w *writer) {
			w.array(Uint8, "x", n, 1)
			w.values(typ, values...)
		}))
		got := make([]uint8, n)
		for at, size := 0, 1; at < n; at, size = at+size, size*7 {
			size = min(size, n-at)
			if err := a.ReadUint8(got[at : at+size]); err != nil {
				t.Fatal(err)
			}
		}
		for i, v := range got {
			if float64(v) != values[i] {
				t.Fatalf("type %d: value %d is %d, want %g", typ, i, v, values[i])
			}
		}
		if rest, err := a.Numbers(); err != nil || len(rest) != 0 {
			t.Errorf("type %d: %d values are left, %v", typ, len(rest), err)
		}
	}
}

func TestReadUint8Refuses(t *testing.T) {
	for name, v := range map[string]float64{"negative": -1, "above": 256, "a fraction": 0.5, "NaN": math.NaN(), "infinite": math.Inf(1)} {
		a := open(t, file(binary.LittleEndian, func(w *writer) {
			w.array(Double, "labels", 1, 2)
			w.values(miDouble, 1, v)
		}))
		if err := a.ReadUint8(make([]uint8, 2)); err == nil || !strings.Contains(err.Error(), `array "labels": the value`) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Texts are stored in one byte a letter or in two.
func TestStoredTexts(t *testing.T) {
	for name, order := range orders {
		for want, put := range map[string]func(w *writer){
			"abc":         func(w *writer) { w.array(Char, "s", 1, 3); w.element(miUTF8, []byte("abc")) },
			"ab":          func(w *writer) { w.array(Char, "s", 1, 2); w.short(miInt8, []byte("ab")) },
			"é":           func(w *writer) { w.array(Char, "s", 1, 1); w.element(miUTF8, []byte("é")) }, // one letter in two bytes
			"aé":          func(w *writer) { w.array(Char, "s", 1, 2); w.values(miUint16, 'a', 'é') },
			"a\U0001f600": func(w *writer) { w.array(Char, "s", 1, 3); w.values(miUTF16, 'a', 0xd83d, 0xde00) },
		} {
			a := open(t, file(order, put))
			if got, err := a.Text(); err != nil || got != want {
				t.Errorf("%s: %q, %v; want %q", name, got, err, want)
			}
			if _, err := a.Numbers(); err == nil {
				t.Error("a text is read as numbers")
			}
		}
	}
	number := open(t, file(binary.LittleEndian, func(w *writer) { w.array(Double, "x", 1, 1); w.values(miDouble, 1) }))
	if _, err := number.Text(); err == nil || !strings.Contains(err.Error(), `array "x": it is not a text`) {
		t.Errorf("a number as a text: error %v", err)
	}
}

// Elements that contradict themselves or the limits are refused before memory is taken for them.
func TestStoredErrors(t *testing.T) {
	for want, fill := range map[string]func(w *writer){
		"array flags: they are too short":       func(w *writer) { w.short(miUint32, w.words(6)) },
		"array flags: the element is of type 5": func(w *writer) { w.element(miInt32, w.words(6, 0)) },
		"dimensions: 4 bytes":                   func(w *writer) { w.element(miUint32, w.words(6, 0)); w.element(miInt32, w.words(1)) },
		"dimensions: the element claims 132 bytes": func(w *writer) {
			w.element(miUint32, w.words(6, 0))
			w.element(miInt32, make([]byte, 4*(maxDims+1)))
		},
		"values of type 14":              func(w *writer) { w.array(Double, "x", 1, 1); w.element(miMatrix, make([]byte, 8)) },
		"7 bytes of values of 8 bytes":   func(w *writer) { w.array(Double, "x", 1, 1); w.element(miDouble, make([]byte, 7)) },
		"a short element claims 5 bytes": func(w *writer) { w.b = w.order.AppendUint32(w.b, 5<<16|uint32(miUint32)) },
		"field names of 0 bytes":         func(w *writer) { w.array(Struct, "x", 1, 1); w.short(miInt32, w.words(0)) },
		"field names of 257 bytes":       func(w *writer) { w.array(Struct, "x", 1, 1); w.short(miInt32, w.words(257)) },
		"9 bytes of field names of 4 bytes": func(w *writer) {
			w.array(Struct, "x", 1, 1)
			w.short(miInt32, w.words(4))
			w.element(miInt8, make([]byte, 9))
		},
		"length of field names: it is too short": func(w *writer) { w.array(Struct, "x", 1, 1); w.short(miInt32, nil) },
	} {
		r, err := reader(file(binary.LittleEndian, fill))
		if err == nil {
			_, err = r.Next()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Fields come element by element, each in the order of the names; an empty one is an array of
// no values, and those that are not read are passed over.
func TestStoredFields(t *testing.T) {
	a := open(t, file(binary.LittleEndian, func(w *writer) {
		w.array(Struct, "s", 1, 2)
		w.short(miInt32, w.words(2))
		w.element(miInt8, []byte("a\x00b\x00"))
		for i := range 2 {
			field := &writer{order: w.order}
			field.array(Double, "", 1, 1)
			field.values(miDouble, float64(i+1))
			w.element(miMatrix, field.b)
			w.element(miMatrix, nil)
		}
	}))
	if got := a.Fields(); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Fatalf("fields %q", got)
	}
	for i, want := range []string{"a", "b", "a", "b"} {
		name, field, err := a.NextField()
		if err != nil || name != want {
			t.Fatalf("field %d is %s, %v", i, name, err)
		}
		if i == 0 { // left unread
			continue
		}
		got, err := field.Numbers()
		if err != nil || (name == "b") != (len(got) == 0) || name == "a" && got[0] != 2 {
			t.Errorf("field %d holds %v, %v", i, got, err)
		}
	}
	if _, _, err := a.NextField(); err != io.EOF {
		t.Errorf("after the last field: %v", err)
	}
	broken := open(t, file(binary.LittleEndian, func(w *writer) {
		w.array(Struct, "s", 1, 1)
		w.short(miInt32, w.words(2))
		w.short(miInt8, []byte("a\x00"))
		w.element(miDouble, make([]byte, 8))
	}))
	if _, _, err := broken.NextField(); err == nil || !strings.Contains(err.Error(), "field a: an element of type 9") {
		t.Errorf("a field that is no array: error %v", err)
	}
}
