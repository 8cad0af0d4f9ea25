package quality

import (
	"context"
	"fmt"
	"slices"
	"time"

	"repbench/eval/quality/metric"
	"repbench/internal/errkind"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
)

// Kind is the kind of a Result.
const Kind = "quality"

// runner is a run under way.
type runner struct {
	inputs   Inputs
	settings Settings
	options  metric.Options
	halves   metric.Halves
}

// Run computes the numbers, their standard deviations over halves, and their floors.
func Run(ctx context.Context, in Inputs, s Settings, o metric.Options) (*Result, error) {
	start := time.Now()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if len(s.Metrics) == 1 && s.Metrics[0] == metric.NameClassifierScore {
		in = in.logitsAlone()
	}
	r := &runner{inputs: in, settings: s, options: o.WithDefaults()}
	if r.settings.Journal == nil {
		r.settings.Journal = noJournal{}
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	shared, err := in.sharedRows(ctx)
	if err != nil {
		return nil, err
	}
	floor := in.floor(o.Seed)
	out := &Result{Metrics: map[string]Number{}, RealRows: in.Real.N, GeneratedRows: in.Generated.N, TestRows: in.Test.N, Dim: in.Generated.D,
		FloorRows: [2]int{floor.real.N, floor.gen.N}, Halves: r.halves.N, Seed: o.Seed, Warnings: shared}
	if err := r.numbers(ctx, floor, out.Metrics); err != nil {
		return nil, err
	}
	if in.Real.N > 0 {
		out.Warnings = append(out.Warnings, out.floorWarnings()...)
	}
	out.Seconds, out.PeakRSSBytes = time.Since(start).Seconds(), sysinfo.PeakRSS()
	return out, nil
}

// numbers computes the numbers that were asked for.
func (r *runner) numbers(ctx context.Context, floor sets, out map[string]Number) error {
	for _, f := range families {
		if !f.asked(r.settings.Metrics) {
			continue
		}
		numbers, err := r.family(ctx, f, floor)
		if err != nil {
			return err
		}
		for name, n := range numbers {
			if slices.Contains(r.settings.Metrics, name) {
				out[name] = n
			}
		}
	}
	return nil
}

// asked reports whether a number of the family is among the metrics.
func (f family) asked(metrics []string) bool {
	return slices.ContainsFunc(f.names, func(name string) bool { return slices.Contains(metrics, name) })
}

// check refuses settings that are wrong before anything is computed, and draws the halves.
func (r *runner) check() error {
	if len(r.settings.Metrics) == 0 {
		return errkind.Errorf(metric.ErrOptions, "no metric is asked for")
	}
	for _, name := range r.settings.Metrics {
		if !slices.ContainsFunc(families, func(f family) bool { return slices.Contains(f.names, name) }) {
			return errkind.Errorf(metric.ErrOptions, "metric %q: there is none of this name", name)
		}
	}
	if err := r.inputs.check(r.options); err != nil {
		return err
	}
	n := r.settings.Halves
	if n == AutoHalves {
		n = DefaultHalves
		if r.inputs.Real.D > HalvesColumns {
			n = 0
		}
	}
	var err error
	if r.halves, err = metric.DrawHalves(n, r.inputs.Real.N, r.inputs.Generated.N, r.options.Seed); err != nil {
		return err
	}
	for _, f := range families {
		if f.check != nil && f.asked(r.settings.Metrics) {
			if err := f.check(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// family computes the numbers of a family with intervals and floors.
func (r *runner) family(ctx context.Context, f family, floor sets) (map[string]Number, error) {
	value, err := r.kept(ctx, f, "value", r.inputs.whole(), r.halves)
	if err != nil {
		return nil, err
	}
	halves := value.Halves
	var warnings []string
	if !f.inOne && value.SD == nil {
		if halves, err = r.oneByOne(ctx, f); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			warnings = append(warnings, "no interval: "+err.Error())
		}
	}
	warnings = append(warnings, r.missingInterval(f, value, halves)...)
	low, err := r.floorOf(ctx, f, floor)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		warnings = append(warnings, "no floor: "+err.Error())
	}
	numbers := map[string]Number{}
	for _, name := range f.names {
		n := Number{Value: value.Values[name], Convention: value.Convention, Parts: value.Parts[name], Seconds: value.Seconds}
		n.Warnings = append(append([]string{}, value.Warnings...), warnings...)
		if sd, found := value.SD[name]; found {
			n.interval(sd)
		} else if len(halves[name]) > 1 {
			n.interval(metric.Spread(halves[name]))
		}
		if low != nil {
			n.Floor = new(low.Values[name])
		}
		numbers[name] = n
	}
	return numbers, nil
}

// missingInterval says why there is no interval by default, and how long it would take.
func (r *runner) missingInterval(f family, value *outcome, halves map[string][]float64) []string {
	switch {
	case len(halves) > 0 || value.SD != nil || r.settings.Halves == 0:
		return nil
	case r.halves.N == 0:
		seconds := value.Seconds
		if !f.inOne {
			seconds *= DefaultHalves
		}
		return []string{fmt.Sprintf("no interval: above %d columns none is computed unless a number of halves is given; %d halves would take up to about %s", HalvesColumns, DefaultHalves, duration(seconds))}
	case f.inOne:
		return []string{fmt.Sprintf("no interval: halves of %d real and %d generated rows are too small", r.inputs.Real.N/2, r.inputs.Generated.N/2)}
	}
	return nil
}

// duration is a time in words.
func duration(seconds float64) string {
	switch {
	case seconds < 100:
		return fmt.Sprintf("%.0f s", max(seconds, 1))
	case seconds < 100*60:
		return fmt.Sprintf("%.0f minutes", seconds/60)
	}
	return fmt.Sprintf("%.0f hours", seconds/3600)
}

// kept computes a family on sets, unless the journal has it.
func (r *runner) kept(ctx context.Context, f family, part string, s sets, h metric.Halves) (*outcome, error) {
	name := f.name + "/" + part
	var out outcome
	scores := f.name == metric.NamePRDC && s.given && r.settings.Realism != nil // which the journal lacks
	if !scores && r.settings.Journal.Get(name, &out) {
		return &out, nil
	}
	start := time.Now()
	got, err := f.compute(r, ctx, s, h)
	if err != nil {
		return nil, err
	}
	got.Seconds = time.Since(start).Seconds()
	return got, r.settings.Journal.Put(name, got)
}

// oneByOne computes a family on each half.
func (r *runner) oneByOne(ctx context.Context, f family) (map[string][]float64, error) {
	if r.halves.N == 0 {
		return nil, nil
	}
	task := r.options.Progress.Start("halves of "+f.name, int64(r.halves.N), "halves")
	defer task.Done()
	inner := *r
	inner.options.Progress = progress.Within(task)
	out := map[string][]float64{}
	for s := range r.halves.N {
		half, err := inner.kept(ctx, f, fmt.Sprintf("half %d", s), r.inputs.half(r.halves, s, r.options.Seed), metric.Halves{})
		if err != nil {
			return nil, fmt.Errorf("half %d: %w", s, err)
		}
		for name, v := range half.Values {
			out[name] = append(out[name], v)
		}
		task.Add(1)
	}
	return out, nil
}

// floorOf computes a family on two real samples.
func (r *runner) floorOf(ctx context.Context, f family, floor sets) (*outcome, error) {
	if f.floor != nil {
		var err error
		if floor, err = f.floor(r); err != nil {
			return nil, err
		}
	}
	return r.kept(ctx, f, "floor", floor, metric.Halves{})
}

// floorWarnings say where the floor is of other numbers of rows than the values.
func (r *Result) floorWarnings() []string {
	rows := fmt.Sprintf("%d with %d real rows, values %d with %d generated ones", r.FloorRows[0], r.FloorRows[1], r.RealRows, r.GeneratedRows)
	const depend = "; metrics that depend on the number of rows (frechet, precision, recall, coverage, vendi, rankme) differ by that alone"
	switch {
	case r.TestRows == 0:
		return []string{"there is no test set: floors compare halves of the real set, " + rows + depend}
	case r.FloorRows != [2]int{r.RealRows, r.GeneratedRows}:
		return []string{"floors compare " + rows + depend}
	}
	return nil
}
