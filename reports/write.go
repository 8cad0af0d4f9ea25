package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"repbench/features/store"
	"repbench/internal/atomicfile"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// Options say how a report is written. The zero value is ready for use.
type Options struct {
	// Title stands at the top; "" means "Representation report".
	Title string
	// Fonts draw in the PDF what its own fonts lack; without them, or where they lack it
	// too, code points stand there.
	Fonts *Fonts
}

// title is the title to print.
func (o Options) title() string {
	if t := format.Text(o.Title, 200); t != "" {
		return t
	}
	return "Representation report"
}

// Names of the files of a report.
const (
	htmlFile     = "index.html"
	pdfFile      = "report.pdf"
	markdownFile = "report.md"
)

// Write makes index.html, report.pdf, report.md (with the folder figures) and
// records.jsonl in dir, which is created where it does not exist. Files of the
// same names are replaced, each whole or not at all; others are left alone.
func Write(in *Input, dir string, o Options) error {
	files, err := render(in, o)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := in.keepsRecords(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, page.FigureFolder), 0o755); err != nil {
		return fmt.Errorf("report: make its folder: %w", err)
	}
	for _, f := range files {
		if err := atomicfile.WriteFile(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data, 0o644); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

// keepsRecords refuses a folder whose records.jsonl holds results that are not reported, since
// the report's own records.jsonl would take its place. A folder that holds an earlier report
// alone holds copies, which are replaced.
func (in *Input) keepsRecords(dir string) error {
	path := filepath.Join(dir, record.FileName)
	if !exists(path) || onlyReport(dir) {
		return nil
	}
	there, err := record.Read(path, results.Decode)
	if err != nil {
		return fmt.Errorf("the report would replace a file that cannot be read: %w; or choose another folder, such as %s", err, filepath.Join(dir, "report"))
	}
	for _, r := range there {
		if !slices.ContainsFunc(in.all(), func(own record.Record) bool { return own.ID == r.ID && equal(own, r) }) {
			return fmt.Errorf("%s holds the result %s, which is not among the reported ones and would be lost: report this file too, or choose another folder, such as %s",
				path, r.ID, filepath.Join(dir, "report"))
		}
	}
	return nil
}

// onlyReport reports whether a folder holds a report and neither features nor a run, and
// no result was added since: index.html is the last file that Write makes.
func onlyReport(dir string) bool {
	records, errR := os.Stat(filepath.Join(dir, record.FileName))
	html, errH := os.Stat(filepath.Join(dir, htmlFile))
	return errR == nil && errH == nil && !records.ModTime().After(html.ModTime()) &&
		exists(filepath.Join(dir, markdownFile)) && exists(filepath.Join(dir, pdfFile)) &&
		!store.Is(dir) && !runfolder.Is(dir)
}

// equal reports whether two records are written as the same line.
func equal(a, b record.Record) bool {
	x, errX := record.Encode([]record.Record{a})
	y, errY := record.Encode([]record.Record{b})
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// render makes all files of a report; index.html is the last, so that it is
// there only when all others are.
func render(in *Input, o Options) ([]page.File, error) {
	if in == nil || len(in.Records)+len(in.Runs) == 0 {
		return nil, errors.New("there is no record and no run to report")
	}
	in, err := in.decoded()
	if err != nil {
		return nil, err
	}
	if in, err = in.sorted(); err != nil {
		return nil, err
	}
	d := build(in, o)
	records, err := record.Encode(in.all())
	if err != nil {
		return nil, err
	}
	md, files, err := page.Markdown(d)
	if err != nil {
		return nil, err
	}
	shown, p := shownInPDF(in, o.Fonts)
	o.Title = p.standIns.Text(o.Title)
	pdf, err := page.PDF(p.of(build(shown, o)))
	if err != nil {
		return nil, err
	}
	html, err := page.HTML(d)
	if err != nil {
		return nil, err
	}
	return append(files,
		page.File{Name: record.FileName, Data: records},
		page.File{Name: markdownFile, Data: md},
		page.File{Name: pdfFile, Data: pdf},
		page.File{Name: htmlFile, Data: html},
	), nil
}

// decoded is a copy of in whose records have been checked and hold their results.
func (in *Input) decoded() (*Input, error) {
	out := *in
	out.Records, out.Runs = slices.Clone(in.Records), slices.Clone(in.Runs)
	for i := range out.Runs {
		if err := ready(&out.Runs[i].Record); err != nil {
			return nil, err
		}
	}
	for i := range out.Records {
		if err := ready(&out.Records[i]); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// ready checks a record and decodes its result.
func ready(r *record.Record) error {
	if err := r.Check(); err != nil {
		return err
	}
	return results.Decode(r)
}

// all are the records of results and of runs.
func (in *Input) all() []record.Record {
	var out []record.Record
	for _, r := range in.Runs {
		out = append(out, r.Record)
	}
	return append(out, in.Records...)
}
