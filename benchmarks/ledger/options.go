package ledger

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"repbench/internal/jsonfile"
)

// maxDifferences bounds how many options are named.
const maxDifferences = 20

// OptionDifferences names the options of two lines that are not equal: "encoder.steps: 600 → 800". It is empty
// where all are equal.
func OptionDifferences(base, head json.RawMessage) []string {
	if bytes.Equal(base, head) {
		return nil
	}
	b, h := map[string]string{}, map[string]string{}
	flatten("", base, b)
	flatten("", head, h)
	names := slices.AppendSeq(slices.Collect(maps.Keys(b)), maps.Keys(h))
	slices.Sort(names)
	var out []string
	for _, name := range slices.Compact(names) {
		vb, vh := cmp.Or(b[name], "absent"), cmp.Or(h[name], "absent") // a JSON value has at least one character
		if vb != vh {
			out = append(out, fmt.Sprintf("%s: %s → %s", name, vb, vh))
		}
	}
	if len(out) > maxDifferences {
		out = append(out[:maxDifferences], fmt.Sprintf("and %d more", len(out)-maxDifferences))
	}
	return out
}

// flatten writes the values of nested objects under dotted names, in the form of jsonfile.Canonical. A list
// counts as one value, and so does a text that is not JSON.
func flatten(prefix string, text json.RawMessage, out map[string]string) {
	var fields map[string]json.RawMessage
	if len(text) == 0 {
		return
	}
	if json.Unmarshal(text, &fields) == nil && fields != nil {
		for k, v := range fields {
			name := k
			if prefix != "" {
				name = prefix + "." + k
			}
			flatten(name, v, out)
		}
		return
	}
	if prefix == "" {
		prefix = "options"
	}
	value, err := jsonfile.Canonical(text)
	if err != nil {
		value = text
	}
	out[prefix] = string(value)
}
