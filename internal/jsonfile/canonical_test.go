package jsonfile

import "testing"

func TestCanonical(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
	}{
		{"a small number", `0.000001`, `0.000001`},
		{"a small number with an exponent", `1e-06`, `0.000001`},
		{"an integer as a fraction", `[1.0, 6e2, -0, -0.0]`, `[1,600,0,0]`},
		{"integers of 64 bits", `[18446744073709551615, -9223372036854775807, 9007199254740993]`, `[18446744073709551615,-9223372036854775807,9007199254740993]`},
		{"a number beyond float64", `1e999`, `1e999`},
		{"order, space and escapes", `{"b": {"d":null, "c":[true]}, "a":"\u00fc\u003c"}`, `{"a":"ü<","b":{"c":[true],"d":null}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := Canonical([]byte(tt.text)); err != nil || string(got) != tt.want {
				t.Errorf("%s becomes %s, %v; want %s", tt.text, got, err, tt.want)
			}
		})
	}
	for _, text := range []string{``, `{`, `1 2`} {
		if got, err := Canonical([]byte(text)); err == nil {
			t.Errorf("%q becomes %s", text, got)
		}
	}
}
