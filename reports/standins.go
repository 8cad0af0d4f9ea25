package reports

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval/duplicates"
	"repbench/reports/internal/fonts"
	"repbench/reports/internal/foreign"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/standin"
)

// inPDF is how a PDF shows what its own fonts lack.
type inPDF struct {
	setter   *foreign.Setter // of what other fonts draw
	standIns *standin.Set    // of the rest
}

// shownInPDF is a copy of v, from which a document is made, with stand-ins for what the
// PDF's fonts and f lack.
func shownInPDF[T any](v T, f *Fonts) (T, inPDF) {
	p := inPDF{setter: f.library().Setter()}
	p.standIns = standin.New(fonts.Of(fonts.Regular).Shows, p.setter.Drawn)
	return standin.Copy(p.standIns, v), p
}

// Reportable is what reports are made from.
type Reportable interface {
	*Input | *duplicates.Outcome | *duplicates.PlantedOutcome
}

// Notes are remarks about the files that a report of v consists of, in plain words, for
// the one who has them written with these fonts.
func Notes[T Reportable](v T, f *Fonts) []string {
	_, p := shownInPDF(v, f)
	s := p.standIns
	if s.Classes() == 0 && s.Texts() == 0 {
		return nil
	}
	return []string{pdfFile + " shows " + standInCount(s) + " as code points, because its fonts lack some of their characters; " +
		htmlFile + " and " + markdownFile + " show them as they are" + p.remedy(f)}
}

// standInCount says how many names and texts have stand-ins.
func standInCount(s *standin.Set) string {
	var parts []string
	if n := s.Classes(); n == 1 {
		parts = append(parts, "1 class name")
	} else if n > 0 {
		parts = append(parts, format.Count(n)+" class names")
	}
	if n := s.Texts(); n > 0 {
		parts = append(parts, format.Plural(n, "other text"))
	}
	return strings.Join(parts, " and ")
}

// mostStandIns is the number of stand-ins that the PDF explains.
const mostStandIns = 400

// of is the document with a note on its first page that names the fonts from outside and
// says what the stand-ins are, and the list of these before its last section.
func (p inPDF) of(d page.Document) page.Document {
	d.Setter = p.setter
	if len(d.Sections) == 0 {
		return d
	}
	d.Sections = slices.Clone(d.Sections)
	var notes []string
	if used := usedFonts(p.setter); used != "" {
		notes = append(notes, "Names in scripts that the fonts of this report lack are drawn in fonts that were installed where it was written: "+used+".")
	}
	if s := p.standIns; s.Classes() > 0 || s.Texts() > 0 {
		note, list := explained(s)
		notes = append(notes, note)
		if len(list.Rows) > 0 {
			at := max(1, len(d.Sections)-1)
			d.Sections = slices.Insert(d.Sections, at, page.Section{ID: "code-points", Title: "Names in code points", Blocks: []page.Block{list}})
		}
	}
	if len(notes) > 0 {
		first := &d.Sections[0]
		first.Blocks = append(slices.Clone(first.Blocks), page.Callout{Kind: page.Note, Items: notes})
	}
	return d
}

// explained says what the stand-ins are and lists them.
func explained(s *standin.Set) (string, page.Table) {
	note := "The fonts of this PDF lack some characters of " + standInCount(s) + ". Code points stand in their place (U+732B, say)"
	if s.Classes() > 0 {
		note += ", of a class together with its number, counted from 0"
	}
	list := standInTable(s.Entries())
	if len(list.Rows) > 0 {
		note += "; the list of them is at the end"
	}
	return note + ". " + htmlFile + " and " + markdownFile + " show the characters themselves.", list
}

// standInTable is the list of stand-ins.
func standInTable(entries []standin.Entry) page.Table {
	t := page.Table{
		Caption: "What stands in this PDF for names and texts whose characters its fonts lack.",
		Columns: []page.Column{{Title: "In this PDF"}, {Title: "Code points"}},
	}
	if n := len(entries) - mostStandIns; n > 0 {
		t.Caption += fmt.Sprintf(" The first %s of %s.", format.Count(mostStandIns), format.Count(len(entries)))
		entries = entries[:mostStandIns]
	}
	for _, e := range entries {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{e.Shown, format.Text(e.Points, 600)}})
	}
	return t
}
