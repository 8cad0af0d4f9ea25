package main

import (
	"fmt"
	"strconv"
	"strings"
)

// parseList reads the values of a flag, separated by commas. parse returns what is
// wrong with a value beside its error: "is no positive number".
func parseList[T any](flag, text string, parse func(string) (T, string)) ([]T, error) {
	var list []T
	for s := range strings.SplitSeq(text, ",") {
		v, wrong := parse(strings.TrimSpace(s))
		if wrong != "" {
			return nil, fmt.Errorf("--%s: %q %s", flag, s, wrong)
		}
		list = append(list, v)
	}
	return list, nil
}

// number reads a number.
func number(s string) (float64, string) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, "is no number"
	}
	return v, ""
}

// positiveWhole reads a whole number above 0.
func positiveWhole(s string) (int, string) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, "is no positive whole number"
	}
	return n, ""
}

// share reads a number from 0 to 1.
func share(s string) (float64, string) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, "is no share of 1"
	}
	return v, ""
}
