package reports

import (
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"regexp"
	"strings"
	"testing"
)

// checkHTML refuses a page that is not well-formed or refers to anything outside
// itself.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	if err := wellFormed(page); err != nil {
		t.Errorf("index.html: %v", err)
	}
	plain := regexp.MustCompile(`url\("data:font/ttf;base64,[^"]*"\)|"data:image/png;base64,[^"]*"`).ReplaceAllString(page, "")
	for _, bad := range []string{"http", "url(", "@import", "<script", "<link", "javascript:"} {
		if i := strings.Index(strings.ToLower(plain), bad); i >= 0 {
			t.Errorf("index.html holds %q: …%s…", bad, plain[max(0, i-60):min(len(plain), i+60)])
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]{0,40})`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "data:image/png;base64,") && !strings.HasPrefix(m[1], "#") {
			t.Errorf("index.html refers to %q", m[1])
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("index.html has the id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("index.html links to #%s, which is not there", m[1])
		}
	}
}

// wellFormed parses the page as XML with HTML's entities: every element is
// closed in order. (Void elements are written as <meta/>, which is both.)
func wellFormed(page string) error {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// checkMarkdown checks that every picture that report.md shows is there, and
// every table has as many cells in each row.
func checkMarkdown(t *testing.T, files map[string]string) {
	t.Helper()
	md := files["report.md"]
	for _, m := range regexp.MustCompile(`\]\((figures/[^)]*)\)`).FindAllStringSubmatch(md, -1) {
		data, ok := files[m[1]]
		switch {
		case !ok:
			t.Errorf("report.md shows %s, which is not there", m[1])
		case strings.HasSuffix(m[1], ".svg"):
			if err := wellFormed(data); err != nil {
				t.Errorf("%s: %v", m[1], err)
			}
		default:
			if _, err := png.Decode(strings.NewReader(data)); err != nil {
				t.Errorf("%s: %v", m[1], err)
			}
		}
	}
	cells := 0
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	for i, line := range strings.Split(md, "\n") {
		n := 0
		if strings.HasPrefix(line, "|") {
			n = len(bar.FindAllString(line, -1))
		}
		if n > 0 && cells > 0 && n != cells {
			t.Errorf("report.md:%d has %d cell borders, the row above %d", i+1, n, cells)
		}
		cells = n
	}
}

// The checks themselves find what they look for.
func TestChecksFail(t *testing.T) {
	for name, page := range map[string]string{
		"not closed":   "<p><b></p>",
		"open at end":  "<p>",
		"bad entity":   "<p>&nothing;</p>",
		"bare bracket": "<p>a < b</p>",
	} {
		if wellFormed(page) == nil {
			t.Errorf("%s: %q passes", name, page)
		}
	}
	if err := wellFormed("<!DOCTYPE html><p>a&nbsp;b<br/></p>"); err != nil {
		t.Error(err)
	}
}
