package figures

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"

	"repbench/reports/internal/fonts"
)

// SVGForm is the use an SVG is made for.
type SVGForm int

const (
	// Standalone is a file of its own, with a white ground.
	Standalone SVGForm = iota
	// Inline is a part of an HTML page: without header and ground, with CSS
	// variables (--ink, --muted, --rule, --blue, --orange, --green, --purple,
	// --quoted) for colours, and without any address. The page holds the fonts, by
	// the rules of fonts.Rules for what Text gives. A figure narrower than Width
	// says so in --share, its part of Width.
	Inline
)

// SVG draws the figure as SVG. The title is what a screen reader says. Every text
// says how wide it was measured, so that a viewer that sets it in another font keeps
// it in its place; a file of its own holds the fonts too. The same figure gives the
// same bytes.
func SVG(f Figure, form SVGForm, title string) ([]byte, error) {
	c := vgsvg.New(f.W, f.H)
	if form == Standalone {
		c.SetColor(Paper)
		c.Fill(vg.Rectangle{Max: vg.Point{X: f.W, Y: f.H}}.Path())
	}
	f.Draw(c)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("draw figure: %w", err)
	}
	_, body, ok := strings.Cut(b.String(), "<svg ")
	if !ok {
		return nil, fmt.Errorf("draw figure: the SVG writer gave no <svg> element")
	}
	_, body, ok = strings.Cut(body, ">")
	if !ok {
		return nil, fmt.Errorf("draw figure: the SVG writer gave an open <svg> element")
	}
	head := fmt.Sprintf(`<svg viewBox="0 0 %g %g" role="img" aria-label="%s"`,
		f.W.Points(), f.H.Points(), html.EscapeString(title))
	rules := ""
	if form == Standalone {
		css, err := fonts.Rules(f.Text())
		if err != nil {
			return nil, fmt.Errorf("draw figure: %w", err)
		}
		rules = "\n<style>\n" + css + "</style>"
	}
	return []byte(head + finish(body, form, f, rules)), nil
}

// finish closes the opening tag and makes the body fit its use.
func finish(body string, form SVGForm, f Figure, rules string) string {
	body = strings.ReplaceAll(body, "data:image/jpg;", "data:image/png;")
	body = textTag.ReplaceAllStringFunc(body, measured)
	if form == Inline {
		body = strings.ReplaceAll(body, "xlink:href=", "href=")
		return share(f) + ">" + styleAttr.ReplaceAllStringFunc(body, inlineStyle)
	}
	size := fmt.Sprintf(` width="%gpt" height="%gpt"`, f.W.Points(), f.H.Points())
	names := ` xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`
	return size + names + ">" + rules + styleAttr.ReplaceAllStringFunc(body, fileStyle)
}

// share is the width of a narrow figure as a part of Width; the page reads it, so that
// the text of all has one size.
func share(f Figure) string {
	if f.W >= Width {
		return ""
	}
	return fmt.Sprintf(` style="--share:%.3f"`, f.W.Points()/Width.Points())
}

var (
	// styleAttr is an attribute written by the SVG writer; text cannot hold
	// one, for its quotes are escaped.
	styleAttr = regexp.MustCompile(`style="[^"]*"`)
	hexColour = regexp.MustCompile(`#[0-9A-F]{6}`)
	fontName  = regexp.MustCompile(`font-family:[^;"]*;font-variant:[^;"]*;`)
	plainFont = regexp.MustCompile(`font-(weight|style):normal;?`)
)

// textTag is a text element; its words hold no bracket, for these are escaped.
var textTag = regexp.MustCompile(`<text ([^>]*font-size:([0-9.]+)px[^>]*)>([^<]*)</text>`)

// measured adds to a text element the width that the figure was laid out for.
func measured(tag string) string {
	m := textTag.FindStringSubmatch(tag)
	size, err := strconv.ParseFloat(m[2], 64)
	words := html.UnescapeString(m[3])
	if err != nil || words == "" {
		return tag
	}
	style := fonts.Regular
	if strings.Contains(m[1], "font-weight:bold") {
		style = fonts.Bold
	}
	width := fonts.Of(style).Width(words, size)
	if width == 0 {
		return tag
	}
	return fmt.Sprintf(`<text textLength="%.5g" lengthAdjust="spacingAndGlyphs" %s>%s</text>`, width, m[1], m[3])
}

// fileStyle names the font inside the file, and the fonts that stand in for it in viewers
// that read no fonts from a file.
func fileStyle(attr string) string {
	attr = fontName.ReplaceAllString(attr, "font-family:'"+fonts.Family+"','Liberation Sans',Arial,Helvetica,sans-serif;font-kerning:none;")
	return plainFont.ReplaceAllString(attr, "")
}

// inlineStyle leaves the font to the page and names colours by CSS variables.
func inlineStyle(attr string) string {
	attr = fontName.ReplaceAllString(attr, "")
	attr = plainFont.ReplaceAllString(attr, "")
	return hexColour.ReplaceAllStringFunc(attr, variable)
}

// variables are the names of the palette on a page.
var variables = []struct {
	colour color.NRGBA
	name   string
}{
	{Ink, "ink"}, {Muted, "muted"}, {Rule, "rule"}, {Blue, "blue"},
	{Orange, "orange"}, {Green, "green"}, {Purple, "purple"}, {Quoted, "quoted"},
}

// variable is the CSS variable of a palette colour; another colour stays. The
// SVG writer rounds faded colours down, by up to two levels a channel.
func variable(hex string) string {
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return hex
	}
	for _, p := range variables {
		if near(uint8(v>>16), p.colour.R) && near(uint8(v>>8), p.colour.G) && near(uint8(v), p.colour.B) {
			return "var(--" + p.name + ")"
		}
	}
	return hex
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 2 }
