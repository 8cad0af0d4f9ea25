package reports

import (
	"reflect"
	"testing"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

func TestLifted(t *testing.T) {
	table := func(rows ...[]string) page.Table {
		t := page.Table{Columns: []page.Column{{Title: "Encoder"}, {Title: "Data"}, {Title: "Accuracy"}, {Title: "C"}, {Title: "Features"}}}
		for _, r := range rows {
			t.Rows = append(t.Rows, page.TableRow{Cells: r})
		}
		return t
	}
	a, b := []string{"a", "svhn", "50 %", "1", format.None}, []string{"a", "svhn", "50 %", "2", format.None}
	got := lifted(table(a, b), measures...)
	want := page.Table{
		Common:  []page.Fact{{Key: "Data", Value: "svhn"}},
		Columns: []page.Column{{Title: "Encoder"}, {Title: "Accuracy"}, {Title: "C"}},
		Rows:    []page.TableRow{{Cells: []string{"a", "50 %", "1"}}, {Cells: []string{"a", "50 %", "2"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if one := table(a); !reflect.DeepEqual(lifted(one), one) {
		t.Error("a table of one row was changed")
	}
}
