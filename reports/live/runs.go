package live

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// runRow is a run as the table shows it.
type runRow struct {
	*glance
	// Name is what the run is called: what a suite trains in it, else its folder.
	Name, Link string
}

func rowOf(g *glance, labels map[string]string) runRow {
	r := runRow{glance: g, Name: g.Dir, Link: "run?" + url.Values{"dir": {g.Dir}}.Encode()}
	if label := labels[g.Dir]; label != "" {
		r.Name = label
	}
	if g.Dir == "." {
		r.Name = "this folder"
	}
	return r
}

// Loss is a loss of the last line; "" where there is none.
func (r runRow) Loss(names ...string) string {
	if r.Last == nil {
		return ""
	}
	for _, name := range names {
		if v := r.Last.Get(name); !math.IsNaN(v) {
			return number(v)
		}
		for _, v := range r.Last.Values {
			if v.Name == name {
				return "–" // logged, and not a number
			}
		}
	}
	return ""
}

// Part is the part of the steps that is done, of 1000.
func (r runRow) Part() float64 {
	if r.Last == nil || r.Steps <= 0 {
		return 0
	}
	return math.Min(1000, 1000*float64(r.Last.Step)/float64(r.Steps))
}

// columns of the table by the name that stands in the URL.
var columns = []struct {
	Name, Title string
	Number      bool
	less        func(a, b runRow) int
}{
	{"name", "Run", false, func(a, b runRow) int { return natural(a.Name, b.Name) }},
	{"state", "State", false, func(a, b runRow) int { return slices.Index(states, a.State) - slices.Index(states, b.State) }},
	{"step", "Step", true, func(a, b runRow) int { return cmp.Compare(a.Step(), b.Step()) }},
	{"speed", "Images/s", true, func(a, b runRow) int { return cmp.Compare(a.Speed(), b.Speed()) }},
	{"loss", "Loss (D, G)", true, func(a, b runRow) int { return cmp.Compare(lossOf(a), lossOf(b)) }},
	{"seed", "Seed", true, func(a, b runRow) int { return natural(a.Text("seed"), b.Text("seed")) }},
	{"data", "Data", false, func(a, b runRow) int { return natural(a.Text("data"), b.Text("data")) }},
	{"model", "Model", false, func(a, b runRow) int { return natural(a.Model(), b.Model()) }},
	{"changed", "Changed", true, func(a, b runRow) int { return a.Changed.Compare(b.Changed) }},
}

// lossOf is the loss that orders runs.
func lossOf(r runRow) float64 {
	if r.Last == nil {
		return math.NaN()
	}
	if v := r.Last.Get("loss"); !math.IsNaN(v) {
		return v
	}
	return r.Last.Get("d_loss")
}

// natural compares texts with the numbers in them as numbers: "run2" before "run10".
func natural(a, b string) int {
	for a != "" && b != "" {
		m, n := digits(a), digits(b)
		if m > 0 && n > 0 {
			x, y := strings.TrimLeft(a[:m], "0"), strings.TrimLeft(b[:n], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[m:], b[n:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the number of digits that a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// rowsPerPage is the number of runs on a page.
const rowsPerPage = 200

// runsData is the page of the runs.
type runsData struct {
	// Text, State, Sort and Down are the filters of the URL.
	Text, Sort  string
	State       State
	Down        bool
	Heads       []head
	States      []choice
	Rows        []runRow
	Total       int // that are found
	Shown       int // that the filters leave
	First, Last int // of the rows, from 1
	Before      string
	After       string
}

// head is a heading that sorts.
type head struct {
	Title, Link, Mark string
	Number            bool
}

// choice is a filter that a link sets.
type choice struct {
	Name, Link string
	Count      int
	Current    bool
}

// runsPage is the page of the runs.
func (s *Site) runsPage(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	d := runsData{Text: q.Get("text"), State: State(q.Get("state")), Sort: q.Get("sort"), Down: q.Get("order") == "down", Total: len(f.runs)}
	labels := s.labelsOf(f)
	counts := map[State]int{}
	var rows []runRow
	for _, g := range s.glancesAt(f.runs) {
		r := rowOf(g, labels)
		if !r.matches(d.Text) {
			continue
		}
		counts[r.State]++
		if d.State == "" || r.State == d.State {
			rows = append(rows, r)
		}
	}
	d.sort(rows)
	d.links(q, counts)
	d.cut(rows, q)
	return &content{Title: "Runs", Tab: "Runs", Body: "runs", Data: d, Notes: f.notes}, nil
}

// matches reports whether each word of a text is found in a run's name, folder, model, data or seed.
func (r runRow) matches(text string) bool {
	all := strings.ToLower(strings.Join([]string{r.Name, r.Dir, r.Model(), r.Text("data"), "seed=" + r.Text("seed")}, "\n"))
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// sort sorts the rows: by a column, or running ones first and then the newest.
func (d *runsData) sort(rows []runRow) {
	for _, c := range columns {
		if c.Name != d.Sort {
			continue
		}
		slices.SortStableFunc(rows, func(a, b runRow) int {
			if d.Down {
				a, b = b, a
			}
			return cmp.Or(c.less(a, b), natural(a.Dir, b.Dir))
		})
		return
	}
	d.Sort = ""
	slices.SortStableFunc(rows, func(a, b runRow) int {
		if x, y := a.State == Running, b.State == Running; x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Changed.Compare(a.Changed), natural(a.Dir, b.Dir))
	})
}

// with is a link to the runs with some values of the URL changed; "" removes one.
func with(q url.Values, pairs ...string) string {
	to := url.Values{}
	for _, name := range []string{"text", "state", "sort", "order"} {
		if v := q.Get(name); v != "" {
			to.Set(name, v)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		if to.Del(pairs[i]); pairs[i+1] != "" {
			to.Set(pairs[i], pairs[i+1])
		}
	}
	if len(to) == 0 {
		return "runs"
	}
	return "runs?" + to.Encode()
}

// links makes the headings and the filters.
func (d *runsData) links(q url.Values, counts map[State]int) {
	for _, c := range columns {
		h := head{Title: c.Title, Number: c.Number, Link: with(q, "sort", c.Name, "order", "")}
		if c.Name == d.Sort {
			h.Mark = "▲"
			if h.Link = with(q, "sort", c.Name, "order", "down"); d.Down {
				h.Mark, h.Link = "▼", with(q, "sort", "", "order", "")
			}
		}
		d.Heads = append(d.Heads, h)
	}
	all := 0
	for _, s := range states {
		all += counts[s]
	}
	d.States = []choice{{Name: "all", Link: with(q, "state", ""), Count: all, Current: d.State == ""}}
	for _, s := range states {
		d.States = append(d.States, choice{string(s), with(q, "state", string(s)), counts[s], d.State == s})
	}
}

// cut takes the rows of the page that the URL names.
func (d *runsData) cut(rows []runRow, q url.Values) {
	d.Shown = len(rows)
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 || (page-1)*rowsPerPage >= len(rows) {
		page = 1
	}
	first := (page - 1) * rowsPerPage
	last := min(first+rowsPerPage, len(rows))
	d.Rows, d.First, d.Last = rows[first:last], first+1, last
	if page > 1 {
		d.Before = with(q, "page", strconv.Itoa(page-1))
	}
	if last < len(rows) {
		d.After = with(q, "page", strconv.Itoa(page+1))
	}
}
