package jsonfile

import (
	"bytes"
	"encoding/json"
)

// Canonical writes a JSON value in one form: two texts of one value, which two programs wrote, become equal.
// Fields are in alphabetical order, without space; 0.000001 and 1e-06 are one number, 1 and 1.0 too, and
// the escapes \u00fc and \u003c are the characters that they stand for. Numbers are compared as float64, but
// integers of up to 64 bits keep all digits.
func Canonical(text []byte) ([]byte, error) {
	v, err := Decode[any](text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(plainNumbers(v)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// plainNumbers replaces the texts of numbers in a decoded value by the numbers.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case json.Number:
		return plainNumber(v)
	}
	return v
}

func plainNumber(n json.Number) any {
	var u uint64
	if json.Unmarshal([]byte(n), &u) == nil {
		return u
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	switch {
	case err != nil: // beyond float64
		return n
	case f == 0: // -0.0 is 0
		return 0
	}
	return f
}
