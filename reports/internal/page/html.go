package page

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/fonts"
)

//go:embed templates
var files embed.FS

// HTML renders the document as one page that refers to nothing outside itself:
// figures are inline SVG, pictures and the fonts of the figures data: URIs, and the
// style is in its head.
func HTML(d Document) ([]byte, error) {
	style, err := files.ReadFile("templates/style.css")
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	rules, err := fonts.Rules(figureText(d))
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"kind":  kind,
		"svg":   inlineSVG,
		"data":  dataURI,
		"width": displayWidth,
		"small": galleryWidth,
		"strip": stripWidth,
		"long":  Fact.long,
		"class": cellClass,
		"parts": cellParts,
		"units": inHTML,
	}).ParseFS(files, "templates/page.html", "templates/blocks.html")
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Document
		Contents []Section
		Style    template.CSS
	}{d, contents(d), template.CSS(rules + string(style))})
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return b.Bytes(), nil
}

// figureText is all text of the document's figures.
func figureText(d Document) fonts.Used {
	used := fonts.Used{}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if f, ok := b.(Figure); ok {
				for style, text := range f.Drawing.Text() {
					used.Add(style, text)
				}
			}
		}
	}
	return used
}

// longContents is the number of sections from which minor ones are left out of
// the contents.
const longContents = 16

// contents are the sections named at the top.
func contents(d Document) []Section {
	var out []Section
	for _, s := range d.Sections {
		if !s.Minor || len(d.Sections) < longContents {
			out = append(out, s)
		}
	}
	return out
}

// cellClass is the CSS class of a cell: numbers stand on the right, and neither
// they nor other short texts are broken over lines.
func cellClass(c Column, s string) string {
	switch {
	case c.Right:
		return "right"
	case utf8.RuneCountInString(s) <= 14:
		return "short"
	}
	return ""
}

// cellParts are what a cell may be broken between: a list of numbers behind its commas,
// else nothing.
func cellParts(c Column, s string) []string {
	if !c.Right || !strings.Contains(s, ", ") {
		return nil
	}
	return numbers(s)
}

// kind names a block's template.
func kind(b Block) (string, error) {
	switch b.(type) {
	case Text:
		return "text", nil
	case Callout:
		return "callout", nil
	case Tiles:
		return "tiles", nil
	case Table:
		return "table", nil
	case Facts:
		return "facts", nil
	case Figure:
		return "figure", nil
	case Pictures:
		return "pictures", nil
	case Gallery:
		return "gallery", nil
	case Strips:
		return "strips", nil
	}
	return "", fmt.Errorf("a block of type %T has no template", b)
}

// inlineSVG is safe as HTML: the SVG writer escapes text, and colours and
// shapes are numbers.
func inlineSVG(f Figure) (template.HTML, error) {
	b, err := figures.SVG(f.Drawing, figures.Inline, firstSentence(f.Caption))
	return template.HTML(b), err
}

func dataURI(p Picture) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG))
}

// displayWidth is the width in CSS pixels at which a picture is shown, a whole
// multiple of its own so that its pixels stay square and sharp; a narrow window
// shrinks it.
func displayWidth(p Picture, large bool) int {
	limit := 300
	if large {
		limit = 760
	}
	return p.W * max(1, limit/max(1, p.W))
}
