package results

import (
	"fmt"

	"repbench/reports/internal/format"
	"repbench/reports/record"
)

// Labels are short names of records, each once: the encoder, with the seed or a
// number where several records have the same encoder, data and protocol.
func Labels(rs []record.Record) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = format.Text(r.Encoder.Spec, 60)
	}
	for i, r := range rs {
		if count := clashes(rs, r, false); count > 1 {
			out[i] = fmt.Sprintf("%s, seed %d", out[i], r.Seed)
			if clashes(rs, r, true) > 1 {
				out[i] += fmt.Sprintf(" (%d)", i+1)
			}
		}
	}
	return out
}

// clashes counts the records that look like r in a table.
func clashes(rs []record.Record, r record.Record, seedToo bool) int {
	n := 0
	for _, o := range rs {
		same := format.Text(o.Encoder.Spec, 60) == format.Text(r.Encoder.Spec, 60) && o.Data.Name == r.Data.Name &&
			o.Kind() == r.Kind() && Of(o).Name == Of(r).Name
		if same && (!seedToo || o.Seed == r.Seed) {
			n++
		}
	}
	return n
}

// Groups are the places of the records of each data set, in order.
func Groups(rs []record.Record) [][]int {
	var out [][]int
	for i, r := range rs {
		if i == 0 || rs[i-1].Data.Name != r.Data.Name {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], i)
	}
	return out
}

// DataName is the name of a record's data set.
func DataName(r record.Record) string {
	if r.Data.Name == "" {
		return "unnamed data"
	}
	return format.Text(r.Data.Name, 60)
}

// SectionID is the ID of the section of result n, from 1.
func SectionID(n int) string { return fmt.Sprintf("result-%d", n) }
