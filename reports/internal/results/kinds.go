package results

import (
	"fmt"

	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// kind is a kind of result that reports can show.
type kind struct {
	name string
	// open decodes the result of a record, unless it is, and returns how it is shown.
	open func(r *record.Record) (View, error)
}

// kinds are all there are, in the order in which errors list them.
func kinds() []kind {
	return []kind{linearKind(), fewShotKind(), neighboursKind(), supervisedKind(), memorisationKind(), qualityKind(), nncKind(), visKind(), trainingKind()}
}

// kindOf is the kind of the results T, shown as show says.
func kindOf[T any, P interface {
	*T
	record.Result
}](show func(*T) View) kind {
	return kind{P(new(T)).Kind(), func(r *record.Record) (View, error) {
		t, err := record.Decode[T](*r)
		if err != nil {
			return nil, err
		}
		r.Result = P(t)
		return show(t), nil
	}}
}

// Decode reads the result of a record and checks it. A kind that this version does not
// know is an error.
func Decode(r *record.Record) error {
	known := ""
	for _, k := range kinds() {
		if k.name != r.Kind() {
			known += fmt.Sprintf(", %q", k.name)
			continue
		}
		v, err := k.open(r)
		if err != nil {
			return err
		}
		if err := v.check(); err != nil {
			return fmt.Errorf("record %q: %w", r.ID, err)
		}
		return nil
	}
	return fmt.Errorf("record %q has the kind %q; this version knows %s", r.ID, r.Kind(), known[2:])
}

// OnGenerated reports whether a record's result is about a generator or about what a
// network does with images, and not about an evaluation of features.
func OnGenerated(r record.Record) bool {
	return r.Kind() == KindMemorisation || r.Kind() == KindQuality || r.Kind() == KindNNC || r.Kind() == KindVis
}

// ViewOf is how a record's result is shown.
func ViewOf(r record.Record) View {
	for _, k := range kinds() {
		if k.name == r.Kind() {
			if v, err := k.open(&r); err == nil {
				return v
			}
		}
	}
	return noView{}
}

// Of are the numbers of a record's result.
func Of(r record.Record) Outcome { return ViewOf(r).Outcome(r) }

// noView shows a result that was not decoded. Records are decoded before anything is
// made of them, so it stands in no report.
type noView struct{}

func (noView) check() error                           { return nil }
func (noView) Outcome(r record.Record) Outcome        { return unknown(r.Kind()) }
func (noView) Headline(Outcome) page.Tiles            { return nil }
func (noView) Sentence(record.Record, Outcome) string { return "" }
func (noView) Facts(func(key, value string))          {}
