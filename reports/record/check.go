package record

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of what is read, far above any real use, so that a wrong or hostile
// file is an error and not a machine out of memory.
const (
	maxRecords      = 10_000
	maxMeasurements = 10_000
	maxInputs       = 64
	// MaxCosts is the most stages of a record.
	MaxCosts = 32
)

// Check says what is wrong with a record that would break a program that reads it. The
// result is checked by the package that knows its kind.
func (r Record) Check() error {
	if strings.TrimSpace(r.ID) == "" {
		return errors.New(`a record needs an "id"`)
	}
	if len(r.ID) > 512 {
		return fmt.Errorf(`the "id" has %d bytes; at most 512 are allowed`, len(r.ID))
	}
	if r.Result == nil {
		return fmt.Errorf("record %q has no result", r.ID)
	}
	if err := checkKind(r.Kind()); err != nil {
		return fmt.Errorf("record %q %w", r.ID, err)
	}
	if raw, ok := r.Result.(*Raw); ok && (len(raw.details) == 0 || bytes.Equal(raw.details, []byte("null"))) {
		return fmt.Errorf("record %q of kind %q must hold %q", r.ID, r.Kind(), field(r.Kind()))
	}
	if err := errors.Join(checkCosts(r.Costs), checkInputs(r.Inputs), r.checkMeasurements()); err != nil {
		return fmt.Errorf("record %q: %w", r.ID, err)
	}
	return nil
}

// checkKind accepts a name under which details can stand beside the envelope.
func checkKind(kind string) error {
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	if kind == "" || len(kind) > 64 || strings.ContainsFunc(kind, odd) || slices.Contains(envelopeFields, field(kind)) {
		return fmt.Errorf("has the kind %.64q; a kind is a word of lower-case letters, digits and hyphens that is no other field of a record", kind)
	}
	return nil
}

func (r Record) checkMeasurements() error {
	all := r.Measurements()
	if len(all) > maxMeasurements {
		return fmt.Errorf("%d measurements; at most %d can be kept", len(all), maxMeasurements)
	}
	var err error
	for _, m := range all {
		err = errors.Join(err, m.Check())
	}
	return err
}

func checkInputs(inputs []Input) error {
	if len(inputs) > maxInputs {
		return fmt.Errorf("inputs has %d entries; at most %d can be kept", len(inputs), maxInputs)
	}
	var err error
	for i, in := range inputs {
		if strings.TrimSpace(in.Role) == "" || in.Rows < 0 {
			err = errors.Join(err, fmt.Errorf(`inputs[%d] needs a "role" and a number of rows that is not negative`, i))
		}
	}
	return err
}

func checkCosts(costs []Cost) error {
	if len(costs) > MaxCosts {
		return fmt.Errorf("costs has %d stages; at most %d can be reported", len(costs), MaxCosts)
	}
	var err error
	for i, c := range costs {
		switch {
		case strings.TrimSpace(c.Stage) == "":
			err = errors.Join(err, fmt.Errorf(`costs[%d] needs a "stage"`, i))
		case !(c.Seconds >= 0) || math.IsInf(c.Seconds, 0):
			err = errors.Join(err, fmt.Errorf("costs[%d]: seconds is %v; it must not be negative", i, c.Seconds))
		case c.MultiplyAdds < 0 || c.Batch < 0 || !(c.ImagesPerSecond >= 0) || !(c.GFLOPS >= 0) || math.IsInf(c.ImagesPerSecond+c.GFLOPS, 0):
			err = errors.Join(err, fmt.Errorf("costs[%d]: multiply_adds %d, images_per_second %v, gflops %v, batch %d; none must be negative", i, c.MultiplyAdds, c.ImagesPerSecond, c.GFLOPS, c.Batch))
		case c.PeakRSSBytes < 0:
			err = errors.Join(err, fmt.Errorf("costs[%d]: peak_rss_bytes is %d; it must not be negative", i, c.PeakRSSBytes))
		}
	}
	return err
}
