package foreign

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/reports/internal/fonts"
	"repbench/reports/internal/foreign/testfont"
)

// drawn is the parts of a text that are drawn.
func drawn(s *Setter, text string) (out []string) {
	for _, d := range s.Drawn(text) {
		out = append(out, text[d[0]:d[1]])
	}
	return out
}

// files of the fonts in use.
func used(s *Setter) (out []string) {
	for _, f := range s.Used() {
		out = append(out, filepath.Base(f.File))
	}
	return out
}

func TestDrawn(t *testing.T) {
	dir := t.TempDir()
	testfont.Write(t, dir, "b-sans.ttf", "猫類")
	testfont.Write(t, dir, "a-sans.ttf", "猫犬")
	testfont.Write(t, dir, "0-mono.ttf", "猫犬類") // monospaced ones are last
	testfont.Write(t, dir, "c-sans.otf", "x\u0301y\ue000")
	for _, tt := range []struct {
		text        string
		drawn, used []string
	}{
		{"cat", nil, nil},
		{"猫", []string{"猫"}, []string{"a-sans.ttf"}},
		{"a 猫類/犬", []string{"猫類", "犬"}, []string{"b-sans.ttf", "a-sans.ttf"}},
		{"猫類犬", []string{"猫類犬"}, []string{"0-mono.ttf"}}, // the only one that has all of it
		{"猫鳥 猫", []string{"猫"}, []string{"a-sans.ttf"}},  // 鳥 has no font, and 猫鳥 is one part
		{"a x\u0301y b", []string{"x\u0301y"}, []string{"c-sans.otf"}},
		{"\ue000", nil, nil}, // private characters look different in each font
	} {
		s := Open([]string{dir}).Setter()
		if got := drawn(s, tt.text); !slices.Equal(got, tt.drawn) || !slices.Equal(used(s), tt.used) {
			t.Errorf("%q: %q by %v, want %q by %v", tt.text, got, used(s), tt.drawn, tt.used)
		}
	}
	var none *Library
	if got := none.Setter().Drawn("猫"); got != nil {
		t.Errorf("without fonts %v is drawn", got)
	}
}

// The choice does not depend on the order of files or folders.
func TestOrderOfFolders(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	testfont.Write(t, a, "two-sans.ttf", "猫")
	testfont.Write(t, b, "one-sans.ttf", "猫")
	for _, dirs := range [][]string{{a, b}, {b, a}, {b, a, b, filepath.Join(a, "none")}} {
		s := Open(dirs).Setter()
		s.Drawn("猫")
		if got := used(s); !slices.Equal(got, []string{"one-sans.ttf"}) {
			t.Errorf("%v is taken", got)
		}
	}
}

// What an outline looks like: it is the outline of the glyph that the font holds.
func TestOutline(t *testing.T) {
	dir := t.TempDir()
	testfont.Write(t, dir, "a.ttf", "猫")
	s := Open([]string{dir}).Setter()
	s.Drawn("猫猫")
	runs := s.Runs("x 猫猫 y")
	if len(runs) != 3 || runs[0].Text != "x " || !runs[0].Plain || runs[1].Text != "猫猫" || runs[1].Plain || runs[2].Text != " y" {
		t.Fatalf("%+v", runs)
	}
	r := runs[1]
	if want := fonts.Of(fonts.Regular).Width("AA", 1); r.Width < want-1e-6 || r.Width > want+1e-6 {
		t.Errorf("it is %v wide, want %v", r.Width, want)
	}
	contours, right, top := 0, 0.0, 0.0
	for _, s := range r.Outline {
		if s.Move {
			contours++
		}
		for _, p := range s.Points {
			right, top = max(right, p.X), max(top, p.Y)
		}
	}
	// Liberation Sans' A: two contours, 1409 of 2048 units high, up to 1363 of its 1366.
	if contours != 4 || top != 1409.0/2048 || right < r.Width-0.01 || right > r.Width {
		t.Errorf("%d contours up to %v and %v", contours, right, top)
	}
}

// Lines that go from right to left in part, in the order in which they are seen, by
// hand from the rules of Unicode Standard Annex 9.
func TestOrder(t *testing.T) {
	s := Open(nil).Setter()
	for _, tt := range []struct{ in, want string }{
		{"abc", "abc"},
		{"אבג", "גבא"},
		{"ab אבג cd", "ab גבא cd"},
		{"ab (אבג) c", "ab (גבא) c"},
		{"אב (גד) הו", "וה (דג) בא"},
		{"ab אבג 34.", "ab 34 גבא."},
		{"ab אבג 3.4 x", "ab 3.4 גבא x"},
		{"אב 12 גד", "דג 12 בא"},
		{"אב 50% x", "50% בא x"},
		{"12 אב", "12 בא"},
		{"אב → גד", "בא → דג"},
		{"אב, גד", "דג ,בא"},
		{"/אב/גד/x", "/דג/בא/x"},
	} {
		var got strings.Builder
		for _, r := range s.Runs(tt.in) {
			got.WriteString(r.Text)
		}
		if got.String() != tt.want {
			t.Errorf("%q is seen as %q, want %q", tt.in, got.String(), tt.want)
		}
	}
}

// arabicFolder is a folder with a font of Arabic letters, which the module that shapes
// text has among its tests.
func arabicFolder(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-text/typesetting").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "font", "testdata")
	if _, statErr := os.Stat(filepath.Join(dir, "Amiri-Regular.ttf")); err != nil || statErr != nil {
		t.Skipf("the module's font is not here: %v, %v", err, statErr)
	}
	return dir
}

// Arabic letters are joined: together they are another drawing than one by one, and the
// first one stands on the right.
func TestShaping(t *testing.T) {
	s := Open([]string{arabicFolder(t)}).Setter()
	const word = "عرب"
	if got := drawn(s, word); !slices.Equal(got, []string{word}) || !slices.Equal(used(s), []string{"Amiri-Regular.ttf"}) {
		t.Fatalf("%q is drawn by %v", got, used(s))
	}
	joined := s.Runs(word)
	apart := 0
	for _, r := range word {
		s.Drawn(string(r))
		apart += len(s.Runs(string(r))[0].Outline)
	}
	if len(joined) != 1 || len(joined[0].Outline) == apart {
		t.Errorf("%d runs; together and apart the letters have %d segments", len(joined), apart)
	}
	// ر and ب alone reach below the line; ع at the beginning of a word does not.
	first := 0.0
	for _, seg := range joined[0].Outline {
		for _, p := range seg.Points {
			if p.X > joined[0].Width*0.75 {
				first = min(first, p.Y)
			}
		}
	}
	if first < -0.1 {
		t.Errorf("the right end reaches %v below the line", first)
	}
}

// Files that are no fonts, cut off or too large are skipped, and others are taken.
func TestSkipped(t *testing.T) {
	dir := t.TempDir()
	whole := testfont.Bytes(t, "猫")
	for name, b := range map[string][]byte{
		"0.ttf": nil, "1.otf": []byte("no font"), "2.ttc": whole[:len(whole)/3], "3.ttf": whole[:200], "5.ttf": []byte("<!DOCTYPE html>"), "readme.txt": []byte("no font"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	large, err := os.Create(filepath.Join(dir, "4.ttf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(mostBytes + 1); err != nil {
		t.Fatal(err)
	}
	large.Close()
	testfont.Write(t, dir, "z.ttf", "猫")
	l := Open([]string{dir})
	s := l.Setter()
	s.Drawn("猫")
	if got := used(s); !slices.Equal(got, []string{"z.ttf"}) {
		t.Errorf("%v is taken", got)
	}
	said := strings.Join(l.Skipped(), "\n")
	for _, want := range []string{"0.ttf: it is cut off", "1.otf: it is cut off", "2.ttc: it is cut off: table \"", "3.ttf: it is cut off: table \"", "5.ttf: it is no TrueType or OpenType font", "4.ttf: it has 134217729 bytes, more than 134217728"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
}

// A damaged font is skipped or drawn, never a panic.
func FuzzFont(f *testing.F) {
	whole := testfont.Bytes(f, "猫")
	f.Add(uint32(0), byte(0), uint32(len(whole)))
	for at := uint32(4); at < 400; at += 7 {
		f.Add(at, byte(0xFF), uint32(len(whole)))
	}
	f.Fuzz(func(t *testing.T, at uint32, v byte, n uint32) {
		b := slices.Clone(whole)
		b[at%uint32(len(b))] = v
		b = b[:min(int(n), len(b))]
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.ttf"), b, 0o644); err != nil {
			t.Fatal(err)
		}
		s := Open([]string{dir}).Setter()
		s.Drawn("a 猫 b")
		s.Runs("a 猫 b")
	})
}
