package live

import (
	"maps"
	"net/url"
	"slices"
)

// diffData is the page of two runs beside one another.
type diffData struct {
	Runs [2]runRow
	// Differs are the options that differ, Same how many do not.
	Differs []difference
	Same    int
	Charts  []chart
}

// difference is an option with its values in two runs.
type difference struct {
	Name   string
	Values [2]string
}

// diff is the page of two runs.
func (s *Site) diff(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	names := q["run"]
	if len(names) != 2 {
		return nil, &pageError{400, "choose two runs to compare: tick two in the table of runs"}
	}
	var d diffData
	labels := s.labelsOf(f)
	var all []namedCurves
	for i, name := range names {
		dir, err := lookUp("run", name, f.runs)
		if err != nil {
			return nil, err
		}
		d.Runs[i] = rowOf(s.glance(dir), labels)
		l, err := s.follow(dir)
		if err != nil {
			d.Runs[i].Problems = append(slices.Clone(d.Runs[i].Problems), s.shown(err))
		}
		mark := [...]string{" (1)", " (2)"}[i]
		all = merge(all, chartsOf(l.Points, isLogged, mark))
		all = merge(all, chartsOf(l.Measured, isMeasured, mark))
	}
	for _, c := range all {
		d.Charts = append(d.Charts, c.draw())
	}
	d.Differs, d.Same = differences(d.Runs[0].Config, d.Runs[1].Config)
	return &content{Title: "Two runs", Tab: "Runs", Body: "diff", Data: d, Notes: f.notes}, nil
}

// merge joins the curves of two runs by their charts.
func merge(a, b []namedCurves) []namedCurves {
	for _, c := range b {
		if i := slices.IndexFunc(a, func(x namedCurves) bool { return x.group == c.group }); i >= 0 {
			a[i].curves = append(a[i].curves, c.curves...)
		} else {
			a = append(a, c)
		}
	}
	return a
}

// differences compares two configs.
func differences(a, b map[string]any) (out []difference, same int) {
	values := map[string]*difference{}
	for i, c := range []map[string]any{a, b} {
		for _, o := range optionsOf(c, "") {
			if values[o.Name] == nil {
				values[o.Name] = &difference{Name: o.Name}
			}
			values[o.Name].Values[i] = o.Value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if v := values[name]; v.Values[0] != v.Values[1] {
			out = append(out, *v)
		} else {
			same++
		}
	}
	return out, same
}
