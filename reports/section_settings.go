package reports

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// maxSettings bounds the rows of a run's settings.
const maxSettings = 200

// runFacts are every option of a training and its last numbers.
func runFacts(r record.Record) page.Facts {
	t := results.TrainingOf(r)
	f := page.Facts{Caption: "Every option of the training, as config.json in its folder has them, and the means of its last tenth."}
	add := func(key, value string) {
		if value != "" {
			f.Items = append(f.Items, page.Fact{Key: key, Value: value})
		}
	}
	flatten("", t.Config, func(key, value string) { add(strings.TrimPrefix(key, "record."), value) })
	if len(f.Items) > maxSettings {
		f.Items = f.Items[:maxSettings]
	}
	add("mean D loss at the end", format.OptionalNumber(t.DLoss))
	add("mean G loss at the end", format.OptionalNumber(t.GLoss))
	add("mean D(x) at the end", format.OptionalNumber(t.DReal))
	add("mean D(G(z)) at the end", format.OptionalNumber(t.DFake))
	return f
}

// flatten adds every value of an object, keys in alphabetical order; the keys of an
// object inside it follow "outer.".
func flatten(outer string, m map[string]any, add func(key, value string)) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		name := format.Text(outer+k, 80)
		switch v := m[k].(type) {
		case map[string]any:
			flatten(name+".", v, add)
		case string:
			add(name, format.Text(v, 300))
		case nil:
			add(name, format.None)
		case []any:
			add(name, format.Text(compact(v), 300))
		default:
			add(name, format.Text(fmt.Sprint(v), 300))
		}
	}
}

// compact writes an array as JSON.
func compact(v []any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return format.None
	}
	return string(b)
}
