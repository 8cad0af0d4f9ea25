package format

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

// texts fails for each call whose text is not the one beside it.
func texts(t *testing.T, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			t.Errorf("pair %d: %q, want %q", i/2, pairs[i], pairs[i+1])
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		n        int
		want     string
	}{
		{"nothing", "", 5, ""},
		{"two white characters", "a\n\tb", 9, "a  b"},
		{"blanks around it", "\t a b \n", 9, "a b"},
		{"a line end inside", "a\nb\tc", 9, "a b c"},
		{"a space that does not break", "a\u00a0b", 9, "a b"},
		{"control characters", "a\x00\x1b[1mb\x7f", 9, "a[1mb"},
		{"the direction of writing reversed", "a\u202ecba\u200b", 9, "acba"},
		{"a character of private use", "a\ue000b", 9, "ab"},
		{"broken UTF-8", "a\xffb", 9, "a�b"},
		{"an accent of its own", "e\u0301te\u0301", 3, "été"},
		{"an accent parted from its letter by what is left out", "e\u200b\u0301", 3, "é"},
		{"just short enough", "abcdefghij", 10, "abcdefghij"},
		{"too long: two thirds of the start, the rest of the end", "abcdefghijk", 10, "abcdef…ijk"},
		{"too long, in characters of more bytes", strings.Repeat("猫", 5) + "犬", 4, "猫猫…犬"},
	} {
		if got := Text(tt.in, tt.n); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// Whatever comes in, what goes out is UTF-8 of at most n characters on one line, and going
// through again changes nothing.
func TestTextOfAnything(t *testing.T) {
	check := func(s string, size uint8) bool {
		n := 1 + int(size)%40
		out := Text(s, n)
		return utf8.ValidString(out) && utf8.RuneCountInString(out) <= n && !strings.ContainsAny(out, "\n\r\t\x00") && Text(out, n) == out
	}
	bytes := func(raw []byte, size uint8) bool { return check(string(raw), size) }
	letters := func(s string, size uint8) bool { return check(s, size) }
	picked := func(picks []uint8, size uint8) bool {
		odd := []rune("a e\u0301\u200b\u0338\u00a0\n=猫\ufffd")
		var b strings.Builder
		for _, p := range picks {
			b.WriteRune(odd[int(p)%len(odd)])
		}
		return check(b.String(), size)
	}
	for _, f := range []any{bytes, letters, picked} {
		if err := quick.Check(f, &quick.Config{MaxCount: 1000}); err != nil {
			t.Error(err)
		}
	}
}

func TestPercentAndInterval(t *testing.T) {
	nan := math.NaN()
	texts(t,
		Percent(0), "0.00 %", Percent(1), "100.00 %", Percent(0.69744), "69.74 %", Percent(-0.0123), "-1.23 %", Percent(nan), None,
		Interval95(0.6883, 0.70628), "68.83–70.63", Interval95(0, 1), "0.00–100.00",
		Interval95(nan, 0.5), None, Interval95(0.5, nan), None,
	)
}

func TestNumbers(t *testing.T) {
	third := 1.0 / 3
	texts(t,
		Number(third), "0.33333", Number(1e-7), "1e-07", Number(123456), "1.2346e+05", Number(12345), "12345", Number(0), "0",
		Number(math.NaN()), None, Number(NaN), None, OptionalNumber(nil), None, OptionalNumber(&third), "0.33333",
		Itoa(-50000), "-50000", Plural(0, "draw"), "0 draws", Plural(1, "draw"), "1 draw", Plural(2, "draw"), "2 draws",
		List(nil), None, List([]string{"a"}), "a", List([]string{"a", "b"}), "a, b", OrNone(""), None, OrNone(" "), " ",
	)
}

func TestCount(t *testing.T) {
	texts(t,
		Count(0), None, Count(-3), None, Count(7), "7", Count(999), "999", Count(1000), "1,000", Count(50000), "50,000",
		Count(999999), "999,999", Count(int64(1234567)), "1,234,567", Count(int64(math.MaxInt64)), "9,223,372,036,854,775,807",
	)
}

// Without its commas a count is the number, and every group but the first has three digits.
func TestCountReadsBack(t *testing.T) {
	check := func(v int64) bool {
		n := v&math.MaxInt64 | 1
		s := Count(n)
		for i, group := range strings.Split(s, ",") {
			if len(group) == 0 || len(group) > 3 || i > 0 && len(group) != 3 {
				return false
			}
		}
		return strings.ReplaceAll(s, ",", "") == strconv.FormatInt(n, 10)
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestSeconds(t *testing.T) {
	texts(t,
		Seconds(0), "0 s", Seconds(0.0042), "0.0042 s", Seconds(0.424), "0.42 s", Seconds(1), "1.0 s", Seconds(8.12), "8.1 s",
		Seconds(60), "1 min 0 s", Seconds(119.7), "2 min 0 s", Seconds(725), "12 min 5 s", Seconds(3599), "59 min 59 s",
		Seconds(3600), "1 h 0 min", Seconds(12000), "3 h 20 min", Seconds(7199), "2 h 0 min", Seconds(3600*1234), "1,234 h 0 min",
		Seconds(-1), None, Seconds(math.NaN()), None, Seconds(math.Inf(1)), None, Seconds(1e300), None,
	)
}

func TestSize(t *testing.T) {
	texts(t,
		Size(0), None, Size(-1), None, Size(1), "1 B", Size(1023), "1023 B", Size(1024), "1.00 KiB", Size(1536), "1.50 KiB",
		Size(10<<10), "10.0 KiB", Size(100<<10), "100 KiB", Size(3<<19), "1.50 MiB", Size(3<<29), "1.50 GiB", Size(1<<40), "1.00 TiB",
		Size(5000<<40), "5000 TiB",
	)
}
