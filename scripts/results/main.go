// Command results prints docs/results.md with its tables made from their records:
//
//	go run ./scripts/results [-write]
//
// The tables stand between lines that mark them; -write writes the page.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/eval"
	"repbench/reports"
	"repbench/reports/record"
)

// Paths of the page and of its records in the folder docs.
const (
	page    = "results.md"
	records = "results/cifar10-jpeg.jsonl"
)

func main() {
	write := flag.Bool("write", false, "put the tables into docs/"+page)
	docs := flag.String("docs", "docs", "the folder docs")
	flag.Parse()
	if err := run(*docs, *write); err != nil {
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func run(docs string, write bool) error {
	old, updated, err := update(docs)
	if err != nil {
		return err
	}
	if write && old != updated {
		return os.WriteFile(filepath.Join(docs, page), []byte(updated), 0o644)
	}
	fmt.Print(updated)
	return nil
}

// update returns the page as it is and with its tables made anew.
func update(docs string) (old, updated string, err error) {
	text, err := os.ReadFile(filepath.Join(docs, page))
	if err != nil {
		return "", "", err
	}
	in, err := reports.Load([]string{filepath.Join(docs, records)})
	if err != nil {
		return "", "", err
	}
	rows := collect(in.Records)
	updated = string(text)
	for name, table := range map[string]string{"encoders": encoders(rows), "layers": layers(rows)} {
		if updated, err = between(updated, name, table); err != nil {
			return "", "", err
		}
	}
	return string(text), updated, nil
}

// between replaces what stands between the lines that mark a table.
func between(text, name, table string) (string, error) {
	begin, end := "<!-- "+name+" -->\n", "<!-- end -->\n"
	head, rest, found := strings.Cut(text, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("%s: no lines %q and %q", page, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return head + begin + table + end + tail, nil
}

// row is what was measured with an encoder.
type row struct {
	spec    string
	all     *eval.LinearResult // of several the one with the best validation accuracy
	layers  *eval.LinearResult // of several one with layers
	fewShot *eval.FewShotResult
}

// collect joins the records of each encoder, the best with all labels first.
func collect(records []record.Record) []row {
	var rows []row
	for _, r := range records {
		i := slices.IndexFunc(rows, func(w row) bool { return w.spec == r.Encoder.Spec })
		if i < 0 {
			i = len(rows)
			rows = append(rows, row{spec: r.Encoder.Spec})
		}
		switch result := r.Result.(type) {
		case *eval.LinearResult:
			if rows[i].all == nil || validation(result) > validation(rows[i].all) {
				rows[i].all = result
			}
			if rows[i].layers == nil || len(result.Layers) > 0 {
				rows[i].layers = result
			}
		case *eval.FewShotResult:
			rows[i].fewShot = result
		}
	}
	rows = slices.DeleteFunc(rows, func(w row) bool { return w.all == nil })
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.all.TestAccuracy, a.all.TestAccuracy) })
	return rows
}

// validation is the best validation accuracy of a search; 0 where C was fixed.
func validation(l *eval.LinearResult) float64 {
	var best float64
	for _, g := range l.Grid {
		best = max(best, g.Accuracy)
	}
	return best
}

// encoders is the table of all encoders.
func encoders(rows []row) string {
	var b strings.Builder
	b.WriteString("| encoder | columns | all labels | C | 400 per class | C |\n|---|---|---|---|---|---|\n")
	for _, w := range rows {
		fmt.Fprintf(&b, "| `%s` | %d | **%s** %s | %s |", w.spec, w.all.Dim, percent(w.all.TestAccuracy), interval(w.all.TestCI95), chosen(w.all.C, w.all.Grid))
		if f := w.fewShot; f != nil {
			fmt.Fprintf(&b, " **%s** %s | %s |\n", percent(f.Mean), interval(f.CI95), chosen(f.C, f.Grid))
		} else {
			b.WriteString(" | |\n")
		}
	}
	return b.String()
}

// layers is the table of single layers.
func layers(rows []row) string {
	var names []string
	for _, w := range rows {
		for _, l := range w.layers.Layers {
			if !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "| encoder | %s | all |\n|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)+1))
	for _, w := range rows {
		if len(w.layers.Layers) < 2 {
			continue
		}
		fmt.Fprintf(&b, "| `%s` |", w.spec)
		for _, name := range names {
			b.WriteString(" ")
			for _, l := range w.layers.Layers {
				if l.Name == name {
					b.WriteString(percent(l.TestAccuracy) + " ")
					if atEnd(l.C, l.Grid) {
						b.WriteString("* ")
					}
				}
			}
			b.WriteString("|")
		}
		fmt.Fprintf(&b, " %s |\n", percent(w.all.TestAccuracy))
	}
	return b.String()
}

func percent(share float64) string { return fmt.Sprintf("%.2f", 100*share) }

func interval(ci eval.Interval) string {
	return fmt.Sprintf("[%s, %s]", percent(ci[0]), percent(ci[1]))
}

// chosen is the cost, with a mark where it is the only one or at an end of its
// list.
func chosen(c float64, grid []eval.GridPoint) string {
	text := fmt.Sprintf("%.0e", c)
	text = strings.Replace(text, "e-0", "e-", 1)
	text = strings.Replace(text, "e+0", "e", 1)
	switch {
	case len(grid) < 2:
		return text + ", fixed"
	case atEnd(c, grid):
		return text + " *"
	}
	return text
}

// atEnd reports whether the cost is the first or the last of a list.
func atEnd(c float64, grid []eval.GridPoint) bool {
	return len(grid) > 1 && (c == grid[0].C || c == grid[len(grid)-1].C)
}
