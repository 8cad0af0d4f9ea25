package eval

import (
	"fmt"

	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/labels"
)

// nothingToChooseOn reports whether C is chosen on rows that are not set aside.
func (o FewShotOptions) nothingToChooseOn() bool {
	return *o.HoldOut == 0 && len(o.C) > 1 && !o.Valid.Given()
}

// setsAside reports whether rows are set aside in the released code's order.
func (o FewShotOptions) setsAside() bool {
	return !o.Valid.Given() && *o.HoldOut != 0 && o.Protocol.row().setAside > 0
}

// choosing reports whether there are fits to choose C on: draws for a single C, where they
// are given, are fitted, too.
func (o FewShotOptions) choosing() bool { return len(o.C) > 1 || o.Rows.Select != nil }

// drawn says in the result how rows were drawn; "" is by the seed.
func (o FewShotOptions) drawn() string {
	switch {
	case o.Rows.Given():
		return "given, SHA-256 " + o.Rows.Hash()[:16]
	case o.ReleasedDraws:
		return "released"
	}
	return ""
}

// divide returns the rows that labels are drawn from and those that C is chosen
// on, or would be were there several.
func (o FewShotOptions) divide() (FitSplit, SelectSplit, error) {
	pool, valid := o.Train, o.Valid
	if !valid.Given() && *o.HoldOut != 0 {
		if n := o.Protocol.row().setAside; o.setsAside() {
			if o.Train.fit.X.N <= n {
				return pool, valid, fmt.Errorf("train split of %d rows: %s sets %d aside: %w", o.Train.fit.X.N, o.Protocol, n, matrix.ErrShape)
			}
			pool, valid = o.Train.setAside(n)
		} else {
			pool, valid = o.Train.HoldOut(*o.HoldOut, o.Seed)
		}
	}
	if o.choosing() && valid.selection.X.N == 0 {
		return pool, valid, nothingHeld()
	}
	if o.Rows.Given() {
		return pool, valid, nil
	}
	rows := labels.ByClass(pool.fit.Y)
	for k := range o.Classes {
		have := 0
		if k < len(rows) {
			have = len(rows[k])
		}
		if have < o.Labels {
			return pool, valid, o.tooFew(k, have)
		}
	}
	return pool, valid, nil
}

// tooFew says why a class has fewer rows than labels are to be drawn, and the ways
// out.
func (o FewShotOptions) tooFew(class, have int) error {
	all := countOf(o.Train.fit.Y, class)
	text := fmt.Sprintf("class %d (%s) has %s to draw %d labels from", class, o.Classes[class], rowCount(have), o.Labels)
	fewer := fmt.Sprintf("draw at most %d labels", have)
	if have == 0 {
		fewer = "add rows of it"
	}
	leave := fewer + " or leave the class out of all splits"
	switch {
	case all == have:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, all of the train split: %s", text, leave)
	case all < o.Labels || o.Protocol.row().setAside > 0:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out to choose C: %s", text, all, all-have, leave)
	case len(o.C) > 1:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out to choose C: %s, hold out a smaller share, give a validation split, or give one C and hold out nothing (--hold-out 0)",
			text, all, all-have, fewer)
	}
	return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out, as they are to choose C: %s, or hold out nothing (--hold-out 0)",
		text, all, all-have, fewer)
}

func rowCount(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func countOf(y []int32, class int) int {
	n := 0
	for _, k := range y {
		if int(k) == class {
			n++
		}
	}
	return n
}
