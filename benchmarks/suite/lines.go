package suite

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// lines finds keys in the text of a suite file.
type lines struct{ text []byte }

// header matches the line of a table.
var header = regexp.MustCompile(`^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}`)

// find is the line of a key of the n-th table of a name, of the table itself where the key is ""; 0: it
// was not found.
func (l lines) find(table string, n int, key string) int {
	outer, _, _ := strings.Cut(table, ".")
	pattern := regexp.MustCompile(`(^|[\s{,."'])` + regexp.QuoteMeta(key) + `["']?\s*=`)
	seen, inside, first := -1, table == "", 0
	for i, line := range bytes.Split(l.text, []byte("\n")) {
		if m := header.FindSubmatch(line); m != nil {
			name := string(m[1])
			if name == table || name == outer && bytes.HasPrefix(bytes.TrimSpace(line), []byte("[[")) {
				seen++
			}
			inside = (name == table || name == outer || strings.HasPrefix(name, outer+".")) && table != "" && (seen == n || !bytes.HasPrefix(bytes.TrimSpace(line), []byte("[[")) && seen <= n)
			if inside && first == 0 {
				first = i + 1
			}
			if inside && key != "" && name == table+"."+key {
				return i + 1
			}
			continue
		}
		if inside && key != "" && pattern.Match(line) {
			return i + 1
		}
	}
	if key == "" {
		return first
	}
	return 0
}

// in says of an error in which table it is: the n-th of a name.
func (l lines) in(table string, n int, name string, err error) error {
	if err == nil {
		return nil
	}
	if strings.HasPrefix(err.Error(), "line ") {
		return err
	}
	what := table
	if name != "" {
		what += fmt.Sprintf(" %q", name)
	}
	if line := l.find(table, n, ""); line > 0 {
		return fmt.Errorf("line %d: %s: %w", line, what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
