package figures

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const hostile = `<script>"&'</svg> style="fill:#0072B2"`

func someFigures() map[string]Figure {
	counts, names := someCounts(10)
	names[0] = hostile
	many, _ := someCounts(60)
	return map[string]Figure{
		"bars":      Bars([]Row{{Label: hostile, Value: 0.5, Lo: 0.4, Hi: 0.6, Strong: true}}, BarsOptions{Axis: hostile, Chance: 0.1}),
		"dots":      Dots([]Row{{Label: hostile, Value: 0.5, Lo: nan, Hi: nan, Quoted: true}}, DotsOptions{Axis: hostile}),
		"confusion": Confusion(counts, names),
		"cells":     Confusion(many, nil),
		"curves":    Curves([]float64{1, 2, 3}, []Series{{hostile, []float64{1, 2, nan}}}, CurvesOptions{Axis: hostile, Reference: 0.5}),
		"search":    Search([]Point{{X: 1, Value: 0.5, Lo: 0.4, Hi: 0.6, Selected: true}, {X: 2, Value: 0.4, Lo: nan, Hi: nan}}, SearchOptions{Axis: hostile, Name: "k"}),
	}
}

func TestSVG(t *testing.T) {
	for name, f := range someFigures() {
		t.Run(name, func(t *testing.T) {
			inline, err := SVG(f, Inline, hostile)
			if err != nil {
				t.Fatal(err)
			}
			file, err := SVG(f, Standalone, hostile)
			if err != nil {
				t.Fatal(err)
			}
			for _, svg := range [][]byte{inline, file} {
				if err := wellFormed(svg); err != nil {
					t.Error(err)
				}
				if bytes.Contains(svg, []byte("<script")) {
					t.Error("a name became markup")
				}
			}
			plain := regexp.MustCompile(`data:image/png;base64,[^"]*`).ReplaceAll(inline, nil)
			if bytes.Contains(plain, []byte("http")) {
				t.Error("the inline SVG holds an address")
			}
			for _, attr := range styleAttr.FindAll(plain, -1) {
				if hexColour.Match(attr) {
					t.Errorf("the inline SVG has a colour of its own: %s", attr)
				}
			}
			if !bytes.Contains(file, []byte(`xmlns="http://www.w3.org/2000/svg"`)) || !bytes.Contains(file, []byte("fill:#FFFFFF")) {
				t.Error("the file lacks its name space or its white ground")
			}
			again, err := SVG(f, Inline, hostile)
			if err != nil || !bytes.Equal(inline, again) {
				t.Errorf("the same figure gave other bytes, %v", err)
			}
		})
	}
}

func wellFormed(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// A narrow figure tells the page its part of the width, in its head alone.
func TestInlineShare(t *testing.T) {
	for _, tt := range []struct {
		w    vg.Length
		form SVGForm
		want string
	}{
		{Width, Inline, ""},
		{Width / 2, Inline, ` style="--share:0.500"`},
		{Width / 2, Standalone, ""},
	} {
		svg, err := SVG(Figure{W: tt.w, H: 10, draw: func(draw.Canvas) {}}, tt.form, "")
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(svg), ">")
		if has := strings.Contains(head, "--share"); has != (tt.want != "") || !strings.Contains(head, tt.want) {
			t.Errorf("width %v, form %d: %s, want %q in it", tt.w, tt.form, head, tt.want)
		}
	}
}

func TestVariable(t *testing.T) {
	for hex, want := range map[string]string{
		"#0072B2": "var(--blue)", "#0071B1": "var(--blue)", // as a faded colour is rounded
		"#D55E00": "var(--orange)", "#D45D00": "var(--orange)",
		"#1F2328": "var(--ink)", "#D1D9E0": "var(--rule)", "#59636E": "var(--muted)", "#7A848E": "var(--quoted)",
		"#0076B2": "#0076B2", "#FFFFFF": "#FFFFFF",
	} {
		if got := variable(hex); got != want {
			t.Errorf("%s becomes %s, want %s", hex, got, want)
		}
	}
}

// A name that looks like a style is text and stays as it is.
func TestInlineLeavesTextAlone(t *testing.T) {
	f := Bars([]Row{{Label: "fill:#0072B2", Value: 0.5, Lo: nan, Hi: nan}}, BarsOptions{})
	svg, err := SVG(f, Inline, "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(svg), ">fill:#0072B2<") {
		t.Error("the name was changed")
	}
}
