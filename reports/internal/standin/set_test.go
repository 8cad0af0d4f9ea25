package standin

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// latin shows what a font of Latin and Greek letters shows.
func latin(r rune) bool {
	return r < 0x250 || unicode.Is(unicode.Greek, r)
}

func TestNames(t *testing.T) {
	tests := []struct {
		name     string
		in, want []string
		entries  []Entry
	}{
		{"shown", []string{"cat", "Ωmega", "", "a b"}, []string{"cat", "Ωmega", "", "a b"}, nil},
		{"accent composed", []string{"cafe\u0301", "x"}, []string{"café", "x"}, nil},
		{"accent without a letter of its own", []string{"x\u0301"}, []string{"class 0 (x U+0301)"}, []Entry{{"class 0 (x U+0301)", "x U+0301"}}},
		{"Han", []string{"cat", "猫類", "犬類"}, []string{"cat", "class 1 (U+732B U+985E)", "class 2 (U+72AC U+985E)"},
			[]Entry{{"class 1 (U+732B U+985E)", "U+732B U+985E"}, {"class 2 (U+72AC U+985E)", "U+72AC U+985E"}}},
		{"long", []string{"عربي"}, []string{"class 0 (U+0639 U+0631 …)"}, []Entry{{"class 0 (U+0639 U+0631 …)", "U+0639 U+0631 U+0628 U+064A"}}},
		{"beyond 16 bits", []string{"😀"}, []string{"class 0 (U+1F600)"}, []Entry{{"class 0 (U+1F600)", "U+1F600"}}},
		{"mixed", []string{"cat猫"}, []string{"class 0 (cat U+732B)"}, []Entry{{"class 0 (cat U+732B)", "cat U+732B"}}},
		{"long word", []string{"Donaudampfschifffahrt猫"}, []string{"class 0 (Donaudampfsch …)"}, []Entry{{"class 0 (Donaudampfsch …)", "Donaudampfschifffahrt U+732B"}}},
		{"private use", []string{"\ue000"}, []string{"class 0 (U+E000)"}, []Entry{{"class 0 (U+E000)", "U+E000"}}},
		{"look the same", []string{"é", "e\u0301", "e"}, []string{"class 0 (é)", "class 1 (e U+0301)", "e"},
			[]Entry{{"class 0 (é)", "U+00E9"}, {"class 1 (e U+0301)", "U+0065 U+0301"}}},
		{"look the same without marks", []string{"ab", "a\u200bb"}, []string{"class 0 (ab)", "class 1 (a\u200bb)"},
			[]Entry{{"class 0 (ab)", "U+0061 U+0062"}, {"class 1 (a\u200bb)", "U+0061 U+200B U+0062"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New(latin, nil)
			if got := s.Names(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if !slices.Equal(s.Entries(), tt.entries) || s.Classes() != len(tt.entries) {
				t.Errorf("entries %q of %d classes, want %q", s.Entries(), s.Classes(), tt.entries)
			}
		})
	}
}

func TestText(t *testing.T) {
	s := New(latin, nil)
	for _, tt := range []struct{ in, want string }{
		{"plain – text", "plain (U+2013) text"}, // this font has no dash
		{"folder:/x/猫類/train", "folder:/x/(U+732B U+985E)/train"},
		{"a 猫 類 b 犬", "a (U+732B U+0020 U+985E) b (U+72AC)"},
		{"die 東京都立大学の画像 hier", "die (text 1) hier"},
		{"大阪府立大学の画像", "(text 2)"},
		{"wieder 東京都立大学の画像", "wieder (text 1)"},
		{"heart \u2764\ufe0f", "heart (U+2764)"},
		{"u\u0308ber", "über"},
		{"\xff", "(U+FFFD)"},
		{"", ""},
	} {
		if got := s.Text(tt.in); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
		}
	}
	want := []Entry{
		{"(text 1)", "U+6771 U+4EAC U+90FD U+7ACB U+5927 U+5B66 U+306E U+753B U+50CF"},
		{"(text 2)", "U+5927 U+962A U+5E9C U+7ACB U+5927 U+5B66 U+306E U+753B U+50CF"},
	}
	if !slices.Equal(s.Entries(), want) || s.Texts() != 8 || s.Classes() != 0 {
		t.Errorf("%q of %d texts", s.Entries(), s.Texts())
	}
}

// What is drawn by other fonts stays as it is, beside stand-ins for the rest.
func TestDrawn(t *testing.T) {
	s := New(latin, func(text string) (out [][2]int) {
		for at := 0; ; {
			i := strings.Index(text[at:], "猫")
			if i < 0 {
				return out
			}
			out = append(out, [2]int{at + i, at + i + 3})
			at += i + 3
		}
	})
	if got, want := s.Text("a 猫 b 犬猫犬"), "a 猫 b (U+72AC)猫(U+72AC)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := s.Names([]string{"猫", "cat 猫", "犬猫"}), []string{"猫", "cat 猫", "class 2 (U+72AC 猫)"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := string(s.Missing()); got != "犬" {
		t.Errorf("%q is missing", got)
	}
	if s.Classes() != 1 || s.Texts() != 1 {
		t.Errorf("%d classes and %d texts have stand-ins", s.Classes(), s.Texts())
	}
}

// A copy has all texts replaced, wherever they stand, and leaves what it was made from alone.
func TestCopy(t *testing.T) {
	type inner struct {
		Classes []string
		Other   []string
		Pixels  []uint8
		secret  string
	}
	type outer struct {
		Name string
		In   *inner
		Nil  *inner
		Any  map[string]any
		List [2]inner
	}
	make := func() outer {
		return outer{
			Name: "猫", In: &inner{Classes: []string{"猫"}, Other: []string{"猫"}, Pixels: []uint8{1}, secret: "猫"},
			Any: map[string]any{"犬": []any{"猫", 1.5, nil}}, List: [2]inner{{Classes: []string{"a", "犬"}}},
		}
	}
	in := make()
	s := New(latin, nil)
	got := Copy(s, in)
	want := outer{
		Name: "(U+732B)", In: &inner{Classes: []string{"class 0 (U+732B)"}, Other: []string{"(U+732B)"}, Pixels: []uint8{1}, secret: "猫"},
		Any: map[string]any{"(U+72AC)": []any{"(U+732B)", 1.5, nil}}, List: [2]inner{{Classes: []string{"a", "class 1 (U+72AC)"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(in, make()) {
		t.Error("the copy changed what it was made from")
	}
	if &got.In.Pixels[0] != &in.In.Pixels[0] {
		t.Error("numbers were copied")
	}
}
