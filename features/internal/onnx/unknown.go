package onnx

import (
	"fmt"
	"strings"
)

// Limits on an error message about operators that are not known.
const (
	maxUnknown      = 20
	maxUnknownNodes = 3
)

// isKnown says that the operator can be built, or computed on the host.
func (n *Operation) isKnown() bool {
	return operators[n.kind()] != nil || hostOps[n.kind()] != nil || n.kind() == "If"
}

// kind is the operator, with its domain where it is not ONNX's own.
func (n *Operation) kind() string {
	if standard(n.Domain) {
		return n.Op
	}
	return n.Domain + "." + n.Op
}

// known is an error that lists all operators among the nodes that are not known, with how many
// nodes apply each and the names of the first of them.
func known(nodes []*Operation) error {
	var kinds []string
	of := map[string][]string{}
	for i, n := range nodes {
		if n == nil || n.isKnown() {
			continue
		}
		if of[n.kind()] == nil {
			kinds = append(kinds, n.kind())
		}
		name := fmt.Sprintf("%q", n.Name)
		if n.Name == "" {
			name = fmt.Sprintf("node %d", i)
		}
		of[n.kind()] = append(of[n.kind()], name)
	}
	if len(kinds) == 0 {
		return nil
	}
	var parts []string
	for _, k := range kinds[:min(len(kinds), maxUnknown)] {
		parts = append(parts, described(k, of[k]))
	}
	if more := len(kinds) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d others", more))
	}
	which := "the operator is not known"
	if len(kinds) > 1 {
		which = fmt.Sprintf("%d operators are not known", len(kinds))
	}
	return unsupported("%s: %s; output=NAME takes a value before them, and an export without fused or custom operators may avoid them",
		which, strings.Join(parts, "; "))
}

// described is one operator with its nodes.
func described(kind string, names []string) string {
	text := strings.Join(names[:min(len(names), maxUnknownNodes)], ", ")
	switch more := len(names) - maxUnknownNodes; {
	case len(names) == 1:
		return fmt.Sprintf("%s (node %s)", kind, strings.TrimPrefix(text, "node "))
	case more > 0:
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s (%d nodes: %s)", kind, len(names), text)
}
