package page

import (
	"reflect"
	"testing"

	"repbench/reports/internal/format"
)

func TestLifted(t *testing.T) {
	table := func(rows ...[]string) Table {
		t := Table{Columns: []Column{{Title: "Encoder"}, {Title: "Data"}, {Title: "Accuracy"}, {Title: "C"}, {Title: "Features"}}}
		for _, r := range rows {
			t.Rows = append(t.Rows, TableRow{Cells: r})
		}
		return t
	}
	a, b := []string{"a", "svhn", "50 %", "1", format.None}, []string{"a", "svhn", "50 %", "2", format.None}
	got := Lifted(table(a, b), Measures...)
	want := Table{
		Common:  []Fact{{Key: "Data", Value: "svhn"}},
		Columns: []Column{{Title: "Encoder"}, {Title: "Accuracy"}, {Title: "C"}},
		Rows:    []TableRow{{Cells: []string{"a", "50 %", "1"}}, {Cells: []string{"a", "50 %", "2"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if one := table(a); !reflect.DeepEqual(Lifted(one), one) {
		t.Error("a table of one row was changed")
	}
}
