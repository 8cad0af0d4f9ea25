package ledger

import "slices"

// Distinct are the values of a field in lines, each once, in alphabetical order.
func Distinct(lines []Line, field func(Line) string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, field(l))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Common are the values of a field that occur in both lists of lines, in alphabetical order.
func Common(a, b []Line, field func(Line) string) []string {
	in := Distinct(b, field)
	return slices.DeleteFunc(Distinct(a, field), func(name string) bool { return !slices.Contains(in, name) })
}

// With are the lines whose field has a value.
func With(lines []Line, field func(Line) string, value string) []Line {
	var out []Line
	for _, l := range lines {
		if field(l) == value {
			out = append(out, l)
		}
	}
	return out
}

// SuiteOf is the suite of a line.
func SuiteOf(l Line) string { return l.Suite }

// ClassOf is the class of the machine on which a line was made.
func ClassOf(l Line) string { return l.Machine.Class }
