package reports

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval/duplicates"
	"repbench/reports/internal/fonts"
	"repbench/reports/internal/page"
	"repbench/reports/internal/standin"
)

// shownInPDF is a copy of v, from which a document is made, with stand-ins for what the
// PDF's fonts lack.
func shownInPDF[T any](v T) (T, *standin.Set) {
	s := standin.New(fonts.Of(fonts.Regular).Shows)
	return standin.Copy(s, v), s
}

// Reportable is what reports are made from.
type Reportable interface {
	*Input | *duplicates.Outcome | *duplicates.PlantedOutcome
}

// Notes are remarks about the files that a report of v consists of, in plain words, for
// the one who has them written.
func Notes[T Reportable](v T) []string {
	_, s := shownInPDF(v)
	if s.Classes() == 0 && s.Texts() == 0 {
		return nil
	}
	return []string{pdfFile + " shows " + standInCount(s) + " as code points, because its fonts lack some of their characters; " +
		htmlFile + " and " + markdownFile + " show them as they are"}
}

// standInCount says how many names and texts have stand-ins.
func standInCount(s *standin.Set) string {
	var parts []string
	if n := s.Classes(); n == 1 {
		parts = append(parts, "1 class name")
	} else if n > 0 {
		parts = append(parts, count(n)+" class names")
	}
	if n := s.Texts(); n > 0 {
		parts = append(parts, plural(n, "other text"))
	}
	return strings.Join(parts, " and ")
}

// mostStandIns is the number of stand-ins that the PDF explains.
const mostStandIns = 400

// withStandIns is the document with a note on its first page that says what the
// stand-ins are, and the list of them before its last section.
func withStandIns(d page.Document, s *standin.Set) page.Document {
	if s.Classes() == 0 && s.Texts() == 0 || len(d.Sections) == 0 {
		return d
	}
	note := "The fonts of this PDF lack some characters of " + standInCount(s) + ". Code points stand in their place (U+732B, say)"
	if s.Classes() > 0 {
		note += ", of a class together with its number, counted from 0"
	}
	d.Sections = slices.Clone(d.Sections)
	list := standInTable(s.Entries())
	if len(list.Rows) > 0 {
		note += "; the list of them is at the end"
		at := max(1, len(d.Sections)-1)
		d.Sections = slices.Insert(d.Sections, at, page.Section{ID: "code-points", Title: "Names in code points", Blocks: []page.Block{list}})
	}
	note += ". " + htmlFile + " and " + markdownFile + " show the characters themselves."
	first := &d.Sections[0]
	first.Blocks = append(slices.Clone(first.Blocks), page.Callout{Kind: page.Note, Items: []string{note}})
	return d
}

// standInTable is the list of stand-ins.
func standInTable(entries []standin.Entry) page.Table {
	t := page.Table{
		Caption: "What stands in this PDF for names and texts whose characters its fonts lack.",
		Columns: []page.Column{{Title: "In this PDF"}, {Title: "Code points"}},
	}
	if n := len(entries) - mostStandIns; n > 0 {
		t.Caption += fmt.Sprintf(" The first %s of %s.", count(mostStandIns), count(len(entries)))
		entries = entries[:mostStandIns]
	}
	for _, e := range entries {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{e.Shown, text(e.Points, 600)}})
	}
	return t
}
