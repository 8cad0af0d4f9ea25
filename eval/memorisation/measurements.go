package memorisation

import (
	"math"

	"repbench/internal/measure"
)

// Kind is "memorisation".
func (r *Result) Kind() string { return "memorisation" }

// Names of the measurements.
const (
	CopyRateName    = "copy_rate"
	UpperBoundName  = "copy_rate_upper_bound95"
	FalseAlarmsName = "false_alarms"
	ZUName          = "z_u"
	CTName          = "c_t"
	AuthPctName     = "authpct"
	NEffName        = "n_eff"
)

// Measurements are the copy rate and its upper bound, of which less is better, and the numbers
// beside them, of which neither more nor less is.
func (r *Result) Measurements() []measure.Measurement {
	var out []measure.Measurement
	add := func(name string, value float64, better measure.Direction, ci *[2]float64) {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return
		}
		out = append(out, measure.Measurement{Name: name, Value: value, CI95: ci, Cases: r.Generated, Unit: measure.Images, Better: better})
	}
	add(CopyRateName, r.CopyRate.Estimate, measure.Lower, &[2]float64{r.CopyRate.Lo, r.CopyRate.Hi})
	if r.UpperBound95 != nil {
		add(UpperBoundName, *r.UpperBound95, measure.Lower, nil)
	}
	if f := r.FalseAlarms; f != nil {
		out = append(out, measure.Measurement{Name: FalseAlarmsName, Value: f.Measured, CI95: &[2]float64{f.Lo, f.Hi}, Cases: f.N, Unit: measure.Images})
	}
	add(ZUName, r.ZU, "", nil)
	if r.CT != nil {
		add(CTName, r.CT.Value, "", nil)
	}
	if r.AuthPct != nil {
		add(AuthPctName, r.AuthPct.Generated, "", nil)
	}
	add(NEffName, r.NEff, "", nil)
	return out
}
