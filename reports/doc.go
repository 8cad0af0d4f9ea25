// Package reports turns records and run folders into a report: index.html (one
// file that refers to nothing outside itself), report.pdf, report.md with its
// pictures in figures/, and records.jsonl, the records it was made from.
//
// A record.Record is one result with its provenance, one JSON object on one line
// of a records.jsonl (format: docs/report.md). A program that measures
// something adds a record; Write makes a report of records:
//
//	err := record.Add("features/records.jsonl", r)
//	in, err := reports.Load([]string{"runs/svhn32", "features/records.jsonl"})
//	err = reports.Write(in, "report", reports.Options{})
//
// The same records and run folders give the same bytes, in whatever order they
// are named: nothing here reads the clock. Text inside records may come from
// anywhere; it is escaped, shortened where it would break a page, and never
// interpreted.
package reports
