package main

import (
	"slices"
	"testing"
)

func TestParseList(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []float64
		err  string
	}{
		{"1e-4", []float64{1e-4}, ""},
		{"2, 1 ,1e-3", []float64{2, 1, 1e-3}, ""},
		{"1,ten", nil, `--C: "ten" is no number`},
		{"1,,2", nil, `--C: "" is no number`},
	} {
		got, err := parseList("C", tt.text, number)
		if !slices.Equal(got, tt.want) || tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
			t.Errorf("%q: %v, %v; want %v, %q", tt.text, got, err, tt.want, tt.err)
		}
	}
	if _, err := parseList("k", "3,1.5", positiveWhole); err == nil {
		t.Error("1.5 passed for a whole number")
	}
	if _, err := parseList("valid", "0.5,1.5", share); err == nil {
		t.Error("1.5 passed for a share")
	}
}
