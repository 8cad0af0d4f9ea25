package ledger

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"

	"repbench/internal/measure"
)

// Limits of what is read, far above any real use.
const (
	maxName         = 200
	maxMeasurements = 10_000
	maxLines        = 200_000
	maxText         = 1 << 20 // of options, and of the sentence of a diverged training
)

// accuracyRounding is how far the share of right images may be from the accuracy beside it.
const accuracyRounding = 1e-6

// commitForm is what a commit may look like, as it becomes the name of a folder.
var commitForm = regexp.MustCompile(`^(unknown|[0-9a-zA-Z]{1,64})$`)

// Check says what is wrong with a line.
func (l *Line) Check() error {
	for _, n := range []struct{ field, value string }{
		{"suite", l.Suite}, {"encoder", l.Encoder}, {"data", l.Data}, {"protocol", l.Protocol}, {"machine.class", l.Machine.Class},
	} {
		if strings.TrimSpace(n.value) == "" {
			return fmt.Errorf("%q is missing", n.field)
		}
		if len(n.value) > maxName || strings.ContainsFunc(n.value, unicode.IsControl) {
			return fmt.Errorf("%q is %.80q; a name has at most %d bytes and no control characters", n.field, n.value, maxName)
		}
	}
	if !commitForm.MatchString(l.Fingerprint.Commit) {
		return fmt.Errorf(`"fingerprint.commit" is %.80q; it must be a commit, or "unknown"`, l.Fingerprint.Commit)
	}
	if len(l.Options) > maxText || len(l.Diverged) > maxText {
		return fmt.Errorf(`"options" or "diverged" has more than %d bytes`, maxText)
	}
	if !(l.Seconds >= 0) || math.IsInf(l.Seconds, 0) {
		return fmt.Errorf(`"seconds" is %v; it must not be negative`, l.Seconds)
	}
	return l.checkNumbers()
}

func (l *Line) checkNumbers() error {
	switch n := len(l.Measurements); {
	case n > maxMeasurements:
		return fmt.Errorf("%d measurements; at most %d can be kept", n, maxMeasurements)
	case n == 0 && l.Diverged == "":
		return errors.New(`"measurements" is empty; a cell without a result is no line`)
	case n > 0 && l.Diverged != "":
		return errors.New(`there are measurements beside "diverged"; a training that diverged has none`)
	}
	var err error
	for _, m := range l.Measurements {
		err = errors.Join(err, m.Check())
	}
	if m, ok := l.Value(measure.TestAccuracy); ok && err == nil && l.Correct != nil && len(*l.Correct) > 0 {
		if share := float64(l.Correct.Count()) / float64(len(*l.Correct)); math.Abs(share-m.Value) > accuracyRounding {
			err = fmt.Errorf(`"correct" has %d right of %d images, which is not the %s of %v beside it`, l.Correct.Count(), len(*l.Correct), m.Name, m.Value)
		}
	}
	return err
}
