package page

import (
	"fmt"
	"strings"

	"repbench/reports/internal/figures"
)

// File is a file that goes with a Markdown document.
type File struct {
	// Name is its path below the document's folder, with slashes.
	Name string
	Data []byte
}

// FigureFolder is where the figures and pictures of a Markdown document are.
const FigureFolder = "figures"

// Markdown renders the document as Markdown (with tables) and the files that it
// shows: SVG for figures, PNG for pictures.
func Markdown(d Document) (md []byte, with []File, err error) {
	m := markdown{}
	m.printf("# %s\n\n%s\n", escape(d.Title), escape(d.Subtitle))
	for _, s := range d.Sections {
		m.printf("\n## %s\n", escape(s.Title))
		for _, b := range s.Blocks {
			m.b.WriteByte('\n')
			if err := m.block(b); err != nil {
				return nil, nil, fmt.Errorf("section %q: %w", s.Title, err)
			}
		}
	}
	return []byte(m.b.String()), m.files, nil
}

type markdown struct {
	b     strings.Builder
	files []File
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.b, format, args...) }

func (m *markdown) block(b Block) error {
	switch b := b.(type) {
	case Text:
		m.printf("%s\n", escape(string(b)))
	case Callout:
		m.callout(b)
	case Tiles:
		m.tiles(b)
	case Table:
		m.table(b)
	case Facts:
		m.facts(b)
	case Figure:
		return m.figure(b)
	case Pictures:
		m.pictures(b)
	case Gallery:
		m.gallery(b)
	case Strips:
		m.strips(b)
	default:
		return fmt.Errorf("a block of type %T cannot be written as Markdown", b)
	}
	return nil
}

func (m *markdown) callout(c Callout) {
	m.printf("> **%s**\n", c.Title())
	for _, s := range c.Items {
		m.printf(">\n> - %s\n", escape(s))
	}
}

func (m *markdown) tiles(t Tiles) {
	for _, t := range t {
		m.printf("- %s: **%s**", escape(t.Label), escape(t.Value))
		if t.Detail != "" {
			m.printf(" (%s)", escape(t.Detail))
		}
		m.b.WriteByte('\n')
	}
}

func (m *markdown) table(t Table) {
	m.printf("%s\n\n", escape(t.Caption))
	if len(t.Common) > 0 {
		m.printf("%s\n\n", escape(t.common()))
	}
	m.b.WriteByte('|')
	for _, c := range t.Columns {
		m.printf(" %s |", escape(c.Title))
	}
	m.b.WriteString("\n|")
	for _, c := range t.Columns {
		if c.Right {
			m.b.WriteString(" ---: |")
		} else {
			m.b.WriteString(" --- |")
		}
	}
	m.b.WriteByte('\n')
	for _, r := range t.Rows {
		m.b.WriteByte('|')
		for _, c := range r.Cells {
			m.printf(" %s |", emphasis(escape(c), r))
		}
		m.b.WriteByte('\n')
	}
}

// emphasis makes the cells of a quoted row italic and of a strong one bold.
func emphasis(s string, r TableRow) string {
	switch {
	case s == "":
		return s
	case r.Quoted:
		return "*" + s + "*"
	case r.Strong:
		return "**" + s + "**"
	}
	return s
}

func (m *markdown) facts(f Facts) {
	rows := make([]TableRow, len(f.Items))
	for i, it := range f.Items {
		rows[i] = TableRow{Cells: []string{it.Key, it.Value}}
	}
	m.table(Table{Caption: f.Caption, Columns: []Column{{Title: "Setting"}, {Title: "Value"}}, Rows: rows})
}

func (m *markdown) figure(f Figure) error {
	svg, err := figures.SVG(f.Drawing, figures.Standalone, firstSentence(f.Caption))
	if err != nil {
		return fmt.Errorf("figure %s: %w", f.Name, err)
	}
	m.show(f.Name+".svg", firstSentence(f.Caption), svg)
	m.printf("\n%s\n", escape(f.Caption))
	return nil
}

// firstSentence is what stands for a figure where it cannot be shown.
func firstSentence(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(first, ".")
}

func (m *markdown) pictures(p Pictures) {
	for _, it := range p.Items {
		if it.Label != "" {
			m.printf("%s:\n\n", escape(it.Label))
		}
		m.show(it.Name+".png", it.Label, it.PNG)
		m.b.WriteByte('\n')
	}
	m.printf("%s\n", escape(p.Caption))
}

// show refers to a file and keeps it.
func (m *markdown) show(name, alt string, data []byte) {
	path := FigureFolder + "/" + name
	m.printf("![%s](%s)\n", escape(alt), path)
	m.files = append(m.files, File{Name: path, Data: data})
}

// markdownSpecial are the characters that could start markup inside a line or a
// cell of a table.
var markdownSpecial = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "~", `\~`, "$", `\$`,
)

// escape makes text safe inside a line of Markdown: no markup, no HTML, no line
// break. Characters that only count at the start of a line (#, -, +, digits
// with a dot) are escaped there.
func escape(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return s
	}
	start := ""
	if strings.ContainsRune("#-+=:", rune(s[0])) {
		start = `\`
	}
	return start + numbered(markdownSpecial.Replace(s))
}

// numbered escapes the dot or bracket of a leading "1." or "1)", which would
// start a list.
func numbered(s string) string {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	rest := s[digits:]
	if digits > 0 && (strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")) {
		return s[:digits] + `\` + rest
	}
	return s
}
