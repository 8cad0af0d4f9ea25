package live

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// reportRow is a report below the folder.
type reportRow struct {
	Dir, Link string
	Changed   time.Time
	// Files are its other forms.
	Files []tab
}

// forms are the files of a report that are served, with their types. All but the page are saved, not shown.
var forms = map[string]string{
	"index.html": "text/html; charset=utf-8", "report.pdf": "application/pdf", "report.md": "text/markdown; charset=utf-8",
	"records.jsonl": "application/jsonl",
}

// maxReport bounds the file of a report.
const maxReport = 256 << 20

// reports is the page of the reports.
func (s *Site) reports(url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	var rows []reportRow
	for _, dir := range f.reports {
		info, err := s.root.Lstat(path.Join(dir, "index.html"))
		if err != nil {
			continue // it is gone
		}
		r := reportRow{Dir: dir, Link: reportLink(dir, "index.html"), Changed: info.ModTime()}
		for _, name := range []string{"report.pdf", "report.md", "records.jsonl"} {
			if info, err := s.root.Lstat(path.Join(dir, name)); err == nil && info.Mode().IsRegular() {
				r.Files = append(r.Files, tab{Name: name, Link: reportLink(dir, name)})
			}
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b reportRow) int { return b.Changed.Compare(a.Changed) })
	return &content{Title: "Reports", Tab: "Reports", Body: "reports", Data: rows, Notes: f.notes}, nil
}

// reportLink is the address of a file of a report.
func reportLink(dir, name string) string {
	return (&url.URL{Path: "report/" + path.Join(dir, name)}).EscapedPath()
}

// report answers a file of a report. A page is shown as a document that can run nothing.
func (s *Site) report(w http.ResponseWriter, r *http.Request) {
	f, err := s.everything()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/report/")
	kind := forms[path.Base(name)]
	if kind == "" || !slices.Contains(f.reports, path.Dir(name)) {
		s.fail(w, r, notFound("there is no such report below this folder"))
		return
	}
	file, err := s.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = notFound("the report has no such file")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Security-Policy", document)
	w.Header().Set("Content-Type", kind)
	if path.Base(name) != "index.html" {
		w.Header().Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, file)
}

// open opens a regular file below the folder.
func (s *Site) open(name string) (io.ReadSeekCloser, error) {
	info, err := s.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxReport {
		return nil, fs.ErrNotExist
	}
	return s.root.Open(name)
}
