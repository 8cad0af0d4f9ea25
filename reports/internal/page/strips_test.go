package page

import (
	"strings"
	"testing"
)

// threeStrips have titles and lines of every length.
func threeStrips(t *testing.T) Strips {
	t.Helper()
	s := Strips{Caption: "Three strips."}
	for i, words := range [][]string{{"one line"}, nil, {strings.Repeat("words ", 60), "and | more"}} {
		p := somePicture(t, string(rune('a'+i)), 200, 33, uint8(40*i))
		s.Items = append(s.Items, Strip{p, words})
	}
	return s
}

func TestStripsForms(t *testing.T) {
	d := Document{Title: "T", Sections: []Section{{ID: "x", Title: "X", Blocks: []Block{threeStrips(t), Strips{Caption: "No strips."}}}}}
	page, err := HTML(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<div class="strips">`, `width="400"`, "<strong>label c</strong><span>words", "<span>and | more</span>", "No strips."} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	md, files, err := Markdown(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| --- | --- |\n| ![label a](figures/a.png) | **label a**<br/>one line |\n", `<br/>and \| more |`, "\nThree strips.\n"} {
		if !strings.Contains(string(md), want) {
			t.Errorf("the text does not hold %q:\n%s", want, md)
		}
	}
	if len(files) != 3 || files[2].Name != "figures/c.png" {
		t.Errorf("the text comes with %v", files)
	}
	if _, err := PDF(d); err != nil {
		t.Error(err)
	}
	d.Sections[0].Blocks = []Block{Strips{Items: []Strip{{Picture: Picture{Name: "bad", PNG: []byte("x")}}}}}
	if _, err := PDF(d); err == nil || !strings.Contains(err.Error(), "picture bad") {
		t.Errorf("error %v does not name the picture", err)
	}
}

// Two strips stand abreast, a row is as high as its higher strip, and the last row stays with the
// caption.
func TestStripsRows(t *testing.T) {
	p := newTestPDF(t)
	s := threeStrips(t)
	f, err := p.strips(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.pieces) != 3 || f.pieces[0].keep || !f.pieces[1].keep || f.pieces[2].keep {
		t.Fatalf("pieces %+v", f.pieces)
	}
	least := stripCell * 33 / 200
	if one, three := f.pieces[0].h, f.pieces[1].h; one < least || three <= one {
		t.Errorf("rows are %g and %g points high, pictures %g", one, three, least)
	}
}

func TestStripWidth(t *testing.T) {
	for w, want := range map[int]int{0: 0, 1: 420, 200: 400, 210: 420, 211: 211, 419: 419, 420: 420, 900: 420} {
		if got := stripWidth(Picture{W: w}); got != want {
			t.Errorf("a strip of %d pixels is shown with %d, want %d", w, got, want)
		}
	}
}
