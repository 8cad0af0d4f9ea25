package suite

import (
	"cmp"
	"fmt"

	"repbench/benchmarks"
	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/linear"
	"repbench/eval/neighbours"
)

// Linear are the options of eval linear.
type Linear struct {
	Classifier string             `toml:"classifier" json:"classifier"`
	C          oneOrMore[float64] `toml:"C" json:"C"`
	SelectOn   string             `toml:"select-on" json:"select-on"`
	HoldOut    float64            `toml:"hold-out" json:"hold-out"`
	Folds      int                `toml:"folds" json:"folds"`
	Tolerance  float64            `toml:"tolerance" json:"tolerance"`
	// PerLayer evaluates each layer alone, too. Unlike on the command line it is off by default, as a
	// suite compares one number of each cell.
	PerLayer    bool `toml:"per-layer" json:"per-layer"`
	SelectLayer bool `toml:"select-layer" json:"select-layer"`
	evaluationSeed

	run benchmarks.Linear
}

func (o *Linear) complete() (err error) {
	o.fill()
	o.Classifier, o.SelectOn = cmp.Or(o.Classifier, linear.SVM.String()), cmp.Or(o.SelectOn, eval.SelectValid.String())
	if len(o.C) == 0 {
		o.C = oneOrMore[float64]{linear.DefaultC}
	}
	o.HoldOut, o.Folds, o.Tolerance = cmp.Or(o.HoldOut, eval.DefaultHoldOut), cmp.Or(o.Folds, eval.DefaultFolds), cmp.Or(o.Tolerance, linear.DefaultTolerance)
	r := &o.run
	if r.Classifier, err = linear.ParseClassifier(o.Classifier); err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	if r.SelectOn, err = eval.ParseSelection(o.SelectOn); err != nil {
		return fmt.Errorf("select-on: %w", err)
	}
	r.C, r.HoldOut, r.Folds, r.Tolerance, r.Seed = o.C, o.HoldOut, o.Folds, o.Tolerance, o.Seed
	r.PerLayer, r.SelectLayer = o.PerLayer, o.SelectLayer
	return r.Check()
}

func (o *Linear) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Threads = s.threads
	return s.onFeatures(r)
}

// FewShot are the options of eval fewshot.
type FewShot struct {
	Protocol string `toml:"protocol" json:"protocol"`
	// Labels is one number of labels per class: a cell has one result.
	Labels int `toml:"labels" json:"labels,omitempty"`
	// Draws is a number of draws, or "released".
	Draws       draws              `toml:"draws" json:"draws,omitempty"`
	SelectDraws int                `toml:"select-draws" json:"select-draws,omitempty"`
	Classifier  string             `toml:"classifier" json:"classifier"`
	C           oneOrMore[float64] `toml:"C" json:"C"`
	HoldOut     *float64           `toml:"hold-out" json:"hold-out"`
	SelectRows  string             `toml:"select-rows" json:"select-rows,omitempty"`
	ReportRows  string             `toml:"report-rows" json:"report-rows,omitempty"`
	Tolerance   float64            `toml:"tolerance" json:"tolerance,omitempty"`
	PerLayer    bool               `toml:"per-layer" json:"per-layer"`
	evaluationSeed

	run benchmarks.FewShot
}

// draws is a number of draws, or "released".
type draws string

// UnmarshalTOML implements toml.Unmarshaler.
func (d *draws) UnmarshalTOML(value any) error {
	switch v := value.(type) {
	case int64:
		if v > 0 {
			*d = draws(fmt.Sprint(v))
			return nil
		}
	case string:
		if v == releasedDraws {
			*d = draws(v)
			return nil
		}
	}
	return fmt.Errorf("draws %v: give a positive number, or %q", value, releasedDraws)
}

// releasedDraws is the value of draws for the draws of the released code.
const releasedDraws = "released"

func (o *FewShot) complete() (err error) {
	o.fill()
	if o.Draws == releasedDraws {
		o.Protocol = cmp.Or(o.Protocol, string(eval.SVHN1000))
	}
	o.Protocol, o.Classifier = cmp.Or(o.Protocol, string(eval.FewShotN)), cmp.Or(o.Classifier, linear.SVM.String())
	if len(o.C) == 0 {
		o.C = eval.ReleasedC()
	}
	or(&o.HoldOut, eval.DefaultHoldOut)
	r := &o.run
	if r.Protocol, err = eval.ParseFewShotProtocol(o.Protocol); err != nil {
		return fmt.Errorf("protocol: %w", err)
	}
	if r.Classifier, err = linear.ParseClassifier(o.Classifier); err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	switch {
	case o.SelectRows != "" && o.ReportRows == "":
		return fmt.Errorf("select-rows needs report-rows, the draws to report on")
	case o.ReportRows == "" && o.Labels == 0 && r.Protocol.NeedsLabels():
		return fmt.Errorf("labels is required with the protocol %s", o.Protocol)
	}
	r.ReleasedDraws = o.Draws == releasedDraws
	if o.Draws != "" && !r.ReleasedDraws {
		if _, err := fmt.Sscan(string(o.Draws), &r.Draws); err != nil {
			return err
		}
	}
	r.Labels, r.SelectDraws, r.C, r.HoldOut, r.Tolerance, r.Seed = o.Labels, o.SelectDraws, o.C, o.HoldOut, o.Tolerance, o.Seed
	r.SelectRows, r.ReportRows, r.PerLayer = o.SelectRows, o.ReportRows, o.PerLayer
	if o.ReportRows != "" {
		return nil // what contradicts the rows is found when they are read
	}
	return r.Check()
}

func (o *FewShot) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Threads = s.threads
	return s.onFeatures(r)
}

// KNN are the options of eval knn.
type KNN struct {
	Preset      string         `toml:"preset" json:"preset"`
	K           oneOrMore[int] `toml:"k" json:"k"`
	Metric      string         `toml:"metric" json:"metric,omitempty"`
	Votes       string         `toml:"votes" json:"votes,omitempty"`
	L2Normalise bool           `toml:"l2-normalise" json:"l2-normalise,omitempty"`
	Temperature float64        `toml:"temperature" json:"temperature,omitempty"`
	Epsilon     float64        `toml:"epsilon" json:"epsilon,omitempty"`
	HoldOut     float64        `toml:"hold-out" json:"hold-out"`
	evaluationSeed

	run benchmarks.KNN
}

func (o *KNN) complete() (err error) {
	o.fill()
	o.Preset, o.HoldOut = cmp.Or(o.Preset, "solo"), cmp.Or(o.HoldOut, eval.DefaultHoldOut)
	r, err := knn.Preset(o.Preset)
	if err != nil {
		return fmt.Errorf("preset: %w", err)
	}
	if len(o.K) > 0 {
		r.K = o.K
	}
	if o.Metric != "" {
		if r.Metric.Kind, err = neighbours.ParseKind(o.Metric); err != nil {
			return fmt.Errorf("metric: %w", err)
		}
	}
	if o.Votes != "" {
		if r.Votes, err = knn.ParseVotes(o.Votes); err != nil {
			return fmt.Errorf("votes: %w", err)
		}
	}
	r.Metric.Normalise = o.L2Normalise
	switch {
	case o.Temperature != 0 && (r.Votes != knn.Exponential || !(o.Temperature > 0)):
		return fmt.Errorf(`temperature %g: it needs votes = "exp" and a positive number`, o.Temperature)
	case o.Epsilon != 0 && (r.Votes != knn.Inverse || !(o.Epsilon > 0)):
		return fmt.Errorf(`epsilon %g: it needs votes = "inverse" and a positive number`, o.Epsilon)
	}
	r.Temperature, r.Epsilon = cmp.Or(o.Temperature, r.Temperature), cmp.Or(o.Epsilon, r.Epsilon)
	o.K = r.K
	o.run.Rule, o.run.HoldOut, o.run.Seed = r, o.HoldOut, o.Seed
	return o.run.Check()
}

func (o *KNN) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Search.Threads = s.threads
	return s.onFeatures(r)
}
