package reports

import (
	"cmp"
	"strings"
)

// split says in words what a split's name means.
func split(name string) string {
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
	return text(name, 24)
}

// selection says how C or k came about.
func (l outcome) selection() string {
	if l.selectedOn.Fixed() {
		return "fixed beforehand"
	}
	return "selected on " + split(l.selectedOn.On)
}

// selectionRemark is selection with all that is known of it.
func (l outcome) selectionRemark() string {
	if remark := text(l.selectedOn.Detail(), 60); remark != "" && !l.selectedOn.Fixed() {
		return l.selection() + " " + remark
	}
	return l.selection()
}

// selectionShort and reportShort are selection and report in one word.
func (l outcome) selectionShort() string {
	if l.selectedOn.Fixed() {
		return "fixed"
	}
	return text(l.selectedOn.On, 20)
}

func (l outcome) reportShort() string {
	name, _, _ := strings.Cut(cmp.Or(l.reportedOn, "test"), " ")
	return text(strings.ToLower(name), 20)
}

// report says which images the accuracy is on.
func (l outcome) report() string { return split(l.reportShort()) }

// doubts are warnings of the report's own. (The evaluation itself warns of a
// solver that did not converge and of a C at the end of its list.)
func (l outcome) doubts() []string {
	if !l.selectedOn.Fixed() && l.selectionShort() == l.reportShort() {
		return []string{l.knob + " was selected on the images that the accuracy is reported on, so the accuracy is too good to be quoted."}
	}
	return nil
}
