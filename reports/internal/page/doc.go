// Package page lays out a document, once described, as a web page, as a PDF
// and as Markdown. It knows nothing of records: a Document is sections of
// blocks (text, callouts, tiles, tables, facts, figures, pictures, galleries, strips),
// all of them plain text and numbers already written out.
//
//	d := page.Document{Title: "Report", Sections: []page.Section{{
//		ID: "summary", Title: "Summary", Blocks: []page.Block{page.Text("Nothing yet.")},
//	}}}
//	html, err := page.HTML(d)
//	pdf, err := page.PDF(d)
//	md, files, err := page.Markdown(d)
//
// Any text may come from outside: each form escapes it in its own way. The same
// document gives the same bytes, whatever the clock says.
package page
