package term

import (
	"fmt"
	"strings"

	"repbench/features/store"
)

// Features are the features in the folder dir.
func Features(dir string, m *store.Meta) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d features of %s for %s (%s)\n", dir, m.Dim, m.Encoder, m.Data, m.DType)
	for _, s := range m.Splits {
		fmt.Fprintf(&b, "  %-6s %d rows\n", s.Name, s.Rows)
	}
	for _, l := range m.Layers {
		fmt.Fprintf(&b, "  %-6s %d×%d×%d, columns %d to %d\n", l.Name, l.Height, l.Width, l.Channels, l.Columns[0], l.Columns[1]-1)
	}
	return b.String()
}
