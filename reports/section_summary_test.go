package reports

import (
	"testing"

	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// The summary of results on one data set says once what all share.
func TestSummaryCommon(t *testing.T) {
	rs := []record.Record{fakeRecord("a", 0.5, 0), fakeRecord("b", 0.6, 0)}
	tab := summaryTable(rs, results.Labels(rs))
	if len(tab.Columns) != 3 || len(tab.Common) != 8 {
		t.Errorf("columns %v, common %v; want the encoder, the accuracy and its interval alone", tab.Columns, tab.Common)
	}
}
