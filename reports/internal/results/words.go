package results

import (
	"cmp"
	"strings"

	"repbench/reports/internal/format"
)

// Split says in words what a split's name means.
func Split(name string) string {
	switch name {
	case "train":
		return "the training split"
	case "valid":
		return "the validation split"
	case "test":
		return "the test split"
	case "cv":
		return "parts of the training split in turn"
	}
	return format.Text(name, 24)
}

// Selection says how C or k came about.
func (l Outcome) Selection() string {
	if l.SelectedOn.Fixed() {
		return "fixed beforehand"
	}
	return "selected on " + Split(l.SelectedOn.On)
}

// SelectionRemark is selection with all that is known of it.
func (l Outcome) SelectionRemark() string {
	if remark := format.Text(l.SelectedOn.Detail(), 60); remark != "" && !l.SelectedOn.Fixed() {
		return l.Selection() + " " + remark
	}
	return l.Selection()
}

// SelectionShort and reportShort are selection and report in one word.
func (l Outcome) SelectionShort() string {
	if l.SelectedOn.Fixed() {
		return "fixed"
	}
	return format.Text(l.SelectedOn.On, 20)
}

// ReportShort names, in one word, the images that the accuracy is on, such as "test".
func (l Outcome) ReportShort() string {
	name, _, _ := strings.Cut(cmp.Or(l.ReportedOn, "test"), " ")
	return format.Text(strings.ToLower(name), 20)
}

// Report says which images the accuracy is on.
func (l Outcome) Report() string { return Split(l.ReportShort()) }

// Doubts are warnings of the report's own. (The evaluation itself warns of a
// solver that did not converge and of a C at the end of its list.)
func (l Outcome) Doubts() []string {
	if !l.SelectedOn.Fixed() && l.SelectionShort() == l.ReportShort() {
		return []string{l.Knob + " was selected on the images that the accuracy is reported on, so the accuracy is too good to be quoted."}
	}
	return nil
}
