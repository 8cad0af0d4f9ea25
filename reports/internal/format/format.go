// Package format writes texts, numbers, times and sizes as reports show them.
package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// None stands where there is no number.
const None = "–"

// Itoa writes a whole number without commas.
func Itoa(n int) string { return strconv.Itoa(n) }

// Text makes a text from outside fit to be shown: no control or formatting
// characters, one space for any white space, letters and their accents as one character
// where there is one, at most n characters.
func Text(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	r := []rune(norm.NFC.String(strings.TrimSpace(s))) // last: what is left out may part a letter from its accent
	if len(r) <= n {
		return string(r)
	}
	head := (n - 1) * 2 / 3
	return string(r[:head]) + "…" + string(r[len(r)-(n-1-head):])
}

// Percent writes a fraction with two decimals: "69.74 %".
func Percent(v float64) string {
	if math.IsNaN(v) {
		return None
	}
	return strconv.FormatFloat(100*v, 'f', 2, 64) + " %"
}

// Interval95 writes the ends of an interval of fractions: "68.83–70.63".
func Interval95(lo, hi float64) string {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return None
	}
	return strconv.FormatFloat(100*lo, 'f', 2, 64) + "–" + strconv.FormatFloat(100*hi, 'f', 2, 64)
}

// Number writes a number with up to five significant digits.
func Number(v float64) string {
	if math.IsNaN(v) {
		return None
	}
	return Minus(strconv.FormatFloat(v, 'g', 5, 64))
}

// Minus writes the sign of a number below 0 as a minus sign, which a hyphen is not. Exponents stay
// as programs read them.
func Minus(number string) string {
	if rest, ok := strings.CutPrefix(number, "-"); ok {
		return "−" + rest
	}
	return number
}

// OptionalNumber is number, or a dash for nil.
func OptionalNumber(v *float64) string {
	if v == nil {
		return None
	}
	return Number(*v)
}

// Count writes a whole number with commas: "50,000"; 0 or less is not known.
func Count[T int | int64](n T) string {
	if n <= 0 {
		return None
	}
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Seconds writes a duration: "0.42 s", "8.1 s", "12 min 5 s", "3 h 20 min".
func Seconds(v float64) string {
	if math.IsNaN(v) || v < 0 || v > math.MaxInt64/1e9 {
		return None
	}
	d := time.Duration(v * 1e9)
	switch {
	case v < 1:
		return strconv.FormatFloat(v, 'g', 2, 64) + " s"
	case v < 60:
		return strconv.FormatFloat(v, 'f', 1, 64) + " s"
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%s h %d min", Count(int64(d/time.Hour)), d%time.Hour/time.Minute)
	}
}

// Size writes a number of bytes in binary units: "1.4 GiB".
func Size(n int64) string {
	if n <= 0 {
		return None
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	v, u := float64(n), 0
	for v >= 1024 && u < len(units)-1 {
		v, u = v/1024, u+1
	}
	decimals := 2
	switch {
	case v >= 100 || u == 0:
		decimals = 0
	case v >= 10:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64) + " " + units[u]
}

// List joins words, or is a dash for none.
func List(words []string) string {
	if len(words) == 0 {
		return None
	}
	return strings.Join(words, ", ")
}

// Plural writes a number of things.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// OrNone is a text, a dash for none.
func OrNone(s string) string {
	if s == "" {
		return None
	}
	return s
}

// NaN marks a number that is not known.
var NaN = math.NaN()
