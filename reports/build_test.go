package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// checkDocument checks what every form relies on: unique names, and tables with
// as many cells a row as columns.
func checkDocument(t *testing.T, d page.Document) {
	t.Helper()
	ids, names := map[string]bool{}, map[string]bool{}
	unique := func(seen map[string]bool, name string) {
		if seen[name] || name == "" {
			t.Errorf("the name %q is empty or there twice", name)
		}
		seen[name] = true
	}
	for _, s := range d.Sections {
		unique(ids, s.ID)
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case page.Table:
				checkTable(t, s.ID, b)
			case page.Figure:
				unique(names, b.Name+".svg")
				if b.Caption == "" || b.Drawing.H > figures.MaxHeight {
					t.Errorf("figure %s has no caption, or is %v high", b.Name, b.Drawing.H)
				}
			case page.Pictures:
				for _, p := range b.Items {
					unique(names, p.Name+".png")
				}
			case page.Gallery:
				for _, p := range b.Items {
					unique(names, p.Name+".png")
				}
			case page.Strips:
				for _, p := range b.Items {
					unique(names, p.Name+".png")
				}
			}
		}
	}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if tab, ok := b.(page.Table); ok {
				for _, r := range tab.Rows {
					if r.Link != "" && !ids[r.Link] {
						t.Errorf("a row links to %q, which is not there", r.Link)
					}
				}
			}
		}
	}
}

func checkTable(t *testing.T, id string, tab page.Table) {
	t.Helper()
	if tab.Caption == "" || len(tab.Rows) == 0 {
		t.Errorf("section %s: a table without caption or rows", id)
	}
	for i, r := range tab.Rows {
		if len(r.Cells) != len(tab.Columns) {
			t.Errorf("section %s: row %d has %d cells for %d columns", id, i, len(r.Cells), len(tab.Columns))
		}
		if i := slices.Index(r.Cells, ""); i >= 0 && tab.Columns[i].Title != "Protocol" {
			t.Errorf("section %s: an empty cell under %q", id, tab.Columns[i].Title)
		}
	}
}

func TestBuild(t *testing.T) {
	many := &Input{}
	for _, data := range []string{"cifar10", "svhn", "mnist", "shapes"} {
		for i := range 3 {
			r := fakeRecord(fmt.Sprintf("random:%d", i), 0.4+float64(i)/10, i)
			r.Data.Name, r.ID = data, fmt.Sprint(data, i)
			many.Records = append(many.Records, r)
		}
	}
	for name, in := range map[string]*Input{"usual": fakeInput(t), "four data sets": many} {
		t.Run(name, func(t *testing.T) {
			sorted, err := in.sorted()
			if err != nil {
				t.Fatal(err)
			}
			checkDocument(t, build(sorted, Options{}))
		})
	}
}

// Of very many layers the last do not fit the figure; all are in the table, and
// the row of all layers is in both.
func TestManyLayers(t *testing.T) {
	l := results.Of(fakeRecord("x", 0.9, 0))
	for i := range figures.MaxRows + 8 {
		l.Layers = append(l.Layers, results.Layer{Name: fmt.Sprint("block", i), C: 1, Test: 0.5, Lo: 0.4, Hi: 0.6, Train: format.NaN})
	}
	blocks := layerBlocks("id", l)
	f, tab := blocks[0].(page.Figure), blocks[1].(page.Table)
	if len(tab.Rows) != figures.MaxRows+9 {
		t.Errorf("%d rows in the table, want %d", len(tab.Rows), figures.MaxRows+9)
	}
	// All layers and one more make MaxRows + 9 rows, of which 9 do not fit.
	if !strings.Contains(f.Caption, "The last 9 layers are in the table alone") {
		t.Errorf("the caption does not say what is left out: %s", f.Caption)
	}
	svg, err := figures.SVG(f.Drawing, figures.Inline, "")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(svg, []byte(">all layers</text>")) || bytes.Contains(svg, []byte(">block32</text>")) {
		t.Error("the figure lacks the row of all layers, or holds a layer too many")
	}
}

func TestRemarks(t *testing.T) {
	a, b, c := fakeRecord("a", 0.5, 0), fakeRecord("b", 0.5, 0), fakeRecord("c", 0.5, 0)
	a.Notes, b.Notes, c.Notes = []string{"everyone's", "of two"}, []string{"everyone's"}, []string{"everyone's", "of two", " "}
	got := remarks([]record.Record{a, b, c}, []string{"A", "B", "C"}, page.Note)
	if want := []string{"everyone's", "A, C: of two"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var rs []record.Record
	var names []string
	for i := range 6 {
		r := fakeRecord(fmt.Sprint(i), 0.5, 0)
		if i < 5 {
			linearOf(r).Warnings = []string{"of five"}
		}
		rs, names = append(rs, r), append(names, fmt.Sprint("n", i))
	}
	got = remarks(rs, names, page.Warning)
	if want := []string{"n0, n1, n2 and 2 more: of five"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestConfusionTables(t *testing.T) {
	l := results.Outcome{
		Classes:   []string{"a", "b", "c"},
		Confusion: [][]int{{8, 2, 0}, {0, 0, 0}, {30, 10, 60}},
	}
	var got []string
	for _, r := range confusions(l).Rows {
		got = append(got, strings.Join(r.Cells, " "))
	}
	// By share of the true class: 30 of 100, 2 of 10, 10 of 100; b has no image.
	if want := []string{"c a 30 30.00 %", "a b 2 20.00 %", "c b 10 10.00 %"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if r := hardest(l).Rows[0].Cells; strings.Join(r, " ") != "c 60.00 % a 80.00 %" {
		t.Errorf("hardest and easiest: %q", r)
	}
}

func TestSortedRepeats(t *testing.T) {
	in := fakeInput(t)
	in.Records = append(in.Records, in.Records[0])
	slices.Reverse(in.Records)
	once, err := in.sorted()
	if err != nil {
		t.Fatal(err)
	}
	twice, err := once.sorted()
	if err != nil {
		t.Fatal(err)
	}
	if len(once.Records) != 4 || len(twice.Records) != 4 || len(twice.Notices) != len(once.Notices) {
		t.Errorf("%d and %d records, want 4; notices %q and %q", len(once.Records), len(twice.Records), once.Notices, twice.Notices)
	}
	for i := range once.Records {
		if once.Records[i].ID != twice.Records[i].ID {
			t.Errorf("record %d is %s and then %s", i, once.Records[i].ID, twice.Records[i].ID)
		}
		if i > 0 && results.Of(once.Records[i]).Test > results.Of(once.Records[i-1]).Test {
			t.Errorf("record %d is better than the one before it", i)
		}
	}
}

// Whatever a record holds, its report can be made, and is well-formed.
func FuzzRender(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(with(`"C":1`, `"C":1e-300,"confusion":[[0,0],[2,3]],"layers":[{"name":"|<b>","C":1}],"grid":[{"C":1e300},{"C":1e-300}],"n_test":9223372036854775807`)))
	f.Add([]byte(`{"kind":"training","id":"t","training":{"config":{"a":{"b":[1,null]}},"logged":3,"images":1e300,"seconds":-1}}`))
	f.Add([]byte(minimalFew + "\n" + minimalKNN))
	for _, r := range generatedInput(f).Records {
		line, err := record.Encode([]record.Record{r})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Add([]byte(hostileMemorisation + "\n" + hostileQuality))
	f.Fuzz(func(t *testing.T, b []byte) {
		recs, err := record.Parse(bytes.NewReader(b), "f")
		if err != nil {
			return
		}
		in := &Input{}
		for _, r := range recs {
			if r.Kind() == results.KindTraining {
				in.Runs = append(in.Runs, Run{Record: r})
			} else {
				in.Records = append(in.Records, r)
			}
		}
		files, err := render(in, Options{})
		if len(recs) == 0 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(string(files[len(files)-1].Data)); err != nil {
			t.Error(err)
		}
	})
}
