package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// none stands where there is no number.
const none = "–"

func itoa(n int) string { return strconv.Itoa(n) }

// text makes a text from outside fit to be shown: no control or formatting
// characters, one space for any white space, letters and their accents as one character
// where there is one, at most n characters.
func text(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(s, "�")))
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	head := (n - 1) * 2 / 3
	return string(r[:head]) + "…" + string(r[len(r)-(n-1-head):])
}

// percent writes a fraction with two decimals: "69.74 %".
func percent(v float64) string {
	if math.IsNaN(v) {
		return none
	}
	return strconv.FormatFloat(100*v, 'f', 2, 64) + " %"
}

// interval95 writes the ends of an interval of fractions: "68.83–70.63".
func interval95(lo, hi float64) string {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return none
	}
	return strconv.FormatFloat(100*lo, 'f', 2, 64) + "–" + strconv.FormatFloat(100*hi, 'f', 2, 64)
}

// number writes a number with up to five significant digits.
func number(v float64) string {
	if math.IsNaN(v) {
		return none
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// optionalNumber is number, or a dash for nil.
func optionalNumber(v *float64) string {
	if v == nil {
		return none
	}
	return number(*v)
}

// count writes a whole number with commas: "50,000"; 0 or less is not known.
func count[T int | int64](n T) string {
	if n <= 0 {
		return none
	}
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// seconds writes a duration: "0.42 s", "8.1 s", "12 min 5 s", "3 h 20 min".
func seconds(v float64) string {
	if math.IsNaN(v) || v < 0 || v > math.MaxInt64/1e9 {
		return none
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
		return fmt.Sprintf("%s h %d min", count(int64(d/time.Hour)), d%time.Hour/time.Minute)
	}
}

// size writes a number of bytes in binary units: "1.4 GiB".
func size(n int64) string {
	if n <= 0 {
		return none
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

// list joins words, or is a dash for none.
func list(words []string) string {
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, ", ")
}

// plural writes a number of things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// orNone is a text, a dash for none.
func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

// nan marks a number that is not known.
var nan = math.NaN()
