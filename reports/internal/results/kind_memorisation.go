package results

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"repbench/eval/memorisation"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// memorisationKind says whether generated images are copies of training images.
func memorisationKind() kind {
	return kindOf(func(s *memorisation.Stored) View { return memorisationView{s} })
}

// KindMemorisation is the kind of results that say whether a generator copies.
const KindMemorisation = "memorisation"

// MemorisationOf is the result that a record holds, an empty one where it holds none.
func MemorisationOf(r record.Record) *memorisation.Stored {
	if s, err := record.Decode[memorisation.Stored](r); err == nil {
		return s
	}
	return &memorisation.Stored{}
}

// Numbers below which a result is called small: of generated images, of the null and of planted
// copies of each kind.
const (
	fewGenerated = 1000
	fewNull      = 1000
	fewControls  = 100
)

// memorisationView shows what was found of copies.
type memorisationView struct{ s *memorisation.Stored }

func (v memorisationView) Outcome(record.Record) Outcome {
	o := unknown(KindMemorisation)
	o.Protocol, o.Name, o.Warnings = KindMemorisation, KindMemorisation, slices.Clone(v.s.Warnings)
	o.FitSeconds, o.PeakBytes, o.NTrain, o.NTest = v.s.Seconds, v.s.PeakRSSBytes, v.s.TrainRows, v.s.Generated
	if small := v.small(); small != "" {
		o.Warnings = append([]string{small}, o.Warnings...)
	}
	return o
}

// small warns of a run on few images, "" for others.
func (v memorisationView) small() string {
	var parts []string
	add := func(n, few int, what string) {
		if n > 0 && n < few {
			parts = append(parts, format.Count(n)+" "+what)
		}
	}
	add(v.s.Generated, fewGenerated, "generated images")
	add(v.s.Null.Rows, fewNull, "held-out images in the null")
	add(v.perControl(), fewControls, "planted copies of each kind")
	if len(parts) == 0 {
		return ""
	}
	return "These are small numbers: " + strings.Join(parts, ", ") + ". The intervals are wide, and a small share of copies cannot be found; " +
		"take thousands of generated and held-out images for a conclusion."
}

// perControl is the smallest number of planted copies of a kind, 0 for none.
func (v memorisationView) perControl() int {
	n := 0
	for _, c := range v.s.Controls {
		if n == 0 || c.N < n {
			n = c.N
		}
	}
	return n
}

func (v memorisationView) Headline(Outcome) page.Tiles {
	s := v.s
	rate := page.Tile{Label: "Copy rate", Value: format.Percent(s.CopyRate.Estimate),
		Detail: "95 %: " + format.Interval95(s.CopyRate.Lo, s.CopyRate.Hi) + " %"}
	if s.UpperBound95 != nil {
		rate.Detail += fmt.Sprintf("; at most %s of the kinds seen", format.Percent(*s.UpperBound95))
	}
	sees := page.Tile{Label: "Kinds of copies seen", Value: "not measured", Detail: "no copies were planted"}
	if n := len(s.Controls); n > 0 {
		sees.Value = fmt.Sprintf("%d of %d", len(s.Verdict.Sees), n)
		sees.Detail = fmt.Sprintf("%s planted copies of each", format.Count(v.perControl()))
	}
	return page.Tiles{
		{Label: "Images selected as copies", Value: zeroOr(len(s.Flagged)), Detail: fmt.Sprintf("of %s, false discovery rate %s", format.Count(s.Generated), format.Number(s.FDR))},
		rate, sees,
		{Label: "Training images", Value: format.Count(s.TrainRows), Detail: format.Count(s.Null.Rows) + " held-out images in the null"},
	}
}

// zeroOr is format.Count for numbers of which 0 is a finding.
func zeroOr(n int) string {
	if n == 0 {
		return "0"
	}
	return format.Count(n)
}

func (v memorisationView) Sentence(record.Record, Outcome) string {
	return format.Text(v.s.Verdict.Sentence, 600)
}

func (v memorisationView) Facts(add func(key, value string)) {
	s := v.s
	add("Metric", format.Text(s.Metric, 40))
	add("Score", s.Score.String()+": "+s.Score.Formula())
	add("Features", format.Text(s.Encoder, 120))
	add("Second test in features of", format.Text(s.WithEncoder, 120))
	add("Null", fmt.Sprintf("%s, %s images", format.OrNone(format.Text(s.Null.Kind, 80)), format.Count(s.Null.Rows)))
	add("False discovery rate", format.Number(s.FDR))
	add("Smallest number that can be selected", format.Count(s.SmallestFindable))
}

// Limits of what is read of a result on copies.
const (
	maxControls = 32
	maxBins     = 1000
	maxSeries   = 64
	maxPairs    = 200
	maxNND      = 32
	maxScore    = 1e9
)

func (v memorisationView) check() error {
	s := v.s
	err := errors.Join(
		atLeast1("generated", s.Generated), atLeast1("train_rows", s.TrainRows), atLeast1("null.rows", s.Null.Rows),
		fraction("fdr", s.FDR), fraction("flagged_at_1", s.FlaggedAt1), fraction("flagged_at_5", s.FlaggedAt5),
		fraction("copy_rate", s.CopyRate.Estimate), interval("copy_rate", [2]float64{s.CopyRate.Lo, s.CopyRate.Hi}),
		v.checkControls(), v.checkHistogram(), v.checkPairs())
	if len(s.Flagged) > s.Generated {
		err = errors.Join(err, fmt.Errorf("flagged has %d entries for %d generated images", len(s.Flagged), s.Generated))
	}
	if s.UpperBound95 != nil {
		err = errors.Join(err, fraction("upper_bound95", *s.UpperBound95))
	}
	if f := s.FalseAlarms; f != nil {
		err = errors.Join(err, fraction("false_alarms.measured", f.Measured), interval("false_alarms", [2]float64{f.Lo, f.Hi}))
	}
	if n := s.NND; n != nil && len(n.Generated)+len(n.Training) > maxNND {
		err = errors.Join(err, fmt.Errorf("nnd has %d entries; at most %d can be reported", len(n.Generated)+len(n.Training), maxNND))
	}
	return err
}

func (v memorisationView) checkControls() error {
	if len(v.s.Controls) > maxControls {
		return fmt.Errorf("controls has %d kinds; at most %d can be reported", len(v.s.Controls), maxControls)
	}
	var err error
	for name, c := range v.s.Controls {
		err = errors.Join(err, prefix("controls."+format.Text(name, 40)+": ", errors.Join(fraction("auc", c.AUC), fraction("detected", c.Detected),
			fraction("source_found", c.SourceFound), interval("detected_ci95", c.DetectedCI95), atLeast1("n", c.N))))
	}
	return err
}

func (v memorisationView) checkHistogram() error {
	h := v.s.Histogram
	switch {
	case h == nil:
		return nil
	case !(h.Width >= 1/maxScore && h.Width <= maxScore && math.Abs(h.Lo) <= maxScore):
		return fmt.Errorf("histogram.width is %v and lo %v; scores lie between %g and %g", h.Width, h.Lo, -maxScore, maxScore)
	case len(h.Series) > maxSeries:
		return fmt.Errorf("histogram has %d series; at most %d can be reported", len(h.Series), maxSeries)
	}
	for i, s := range h.Series {
		if len(s.Counts) > maxBins || slices.ContainsFunc(s.Counts, func(n int) bool { return n < 0 || n > math.MaxInt32 }) {
			return fmt.Errorf("histogram.series[%d] has %d bins; it must have at most %d, with counts from 0 to %d", i, len(s.Counts), maxBins, math.MaxInt32)
		}
	}
	return nil
}

func (v memorisationView) checkPairs() error {
	if len(v.s.Pairs) > maxPairs {
		return fmt.Errorf("pairs has %d entries; at most %d can be reported", len(v.s.Pairs), maxPairs)
	}
	var err error
	for i, p := range v.s.Pairs {
		if len(p.PNG) > 0 {
			_, perr := CleanStrip(p.PNG, 1+len(p.Nearest))
			err = errors.Join(err, prefix(fmt.Sprintf("pairs[%d]: ", i), perr))
		}
	}
	return err
}
