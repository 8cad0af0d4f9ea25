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

// cutRemark splits "valid (10000 rows)" into the split and the remark.
func cutRemark(on string) (name, remark string) {
	name, remark, _ = strings.Cut(on, " ")
	return strings.ToLower(name), text(remark, 60)
}

// fixed reports whether C or k was given and not chosen.
func (l outcome) fixed() bool {
	switch name, _ := cutRemark(l.selectedOn); name {
	case "", "none", "fixed", "given":
		return true
	}
	return false
}

// selection says how C or k came about.
func (l outcome) selection() string {
	if l.fixed() {
		return "fixed beforehand"
	}
	name, _ := cutRemark(l.selectedOn)
	return "selected on " + split(name)
}

// selectionRemark is selection with all that is known of it.
func (l outcome) selectionRemark() string {
	if _, remark := cutRemark(l.selectedOn); remark != "" && !l.fixed() {
		return l.selection() + " " + remark
	}
	return l.selection()
}

// selectionShort and reportShort are selection and report in one word.
func (l outcome) selectionShort() string {
	if l.fixed() {
		return "fixed"
	}
	name, _ := cutRemark(l.selectedOn)
	return text(name, 20)
}

func (l outcome) reportShort() string {
	name, _ := cutRemark(cmp.Or(l.reportedOn, "test"))
	return text(name, 20)
}

// report says which images the accuracy is on.
func (l outcome) report() string {
	name, _ := cutRemark(cmp.Or(l.reportedOn, "test"))
	return split(name)
}

// doubts are warnings of the report's own. (The evaluation itself warns of a
// solver that did not converge and of a C at the end of its list.)
func (l outcome) doubts() []string {
	if !l.fixed() && l.selectionShort() == l.reportShort() {
		return []string{l.knob() + " was selected on the images that the accuracy is reported on, so the accuracy is too good to be quoted."}
	}
	return nil
}
