package live

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"

	"repbench/train/runfolder"
)

// runData is the page of a run.
type runData struct {
	runRow
	// Suite leads to the suite that the run belongs to; "": none.
	Suite string
	lines
	// Curves are of what is logged all the time, Measure of what is measured now and then.
	Curves, Measure []chart
	// Sheet is the address of the sheet that is shown, Step its step; the links lead to other sheets.
	Sheet                         string
	SheetStep                     int64
	Earlier, Later, First, Newest string
	Log                           []string
	Options                       []option
	// Others are the runs that this one can be compared with.
	Others []string
}

// option is an option of a run.
type option struct{ Name, Value string }

// Limits of the page of a run.
const (
	logLines  = 15
	maxOthers = 500
)

// run is the page of a run.
func (s *Site) run(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	dir, err := lookUp("run", q.Get("dir"), f.runs)
	if err != nil {
		return nil, err
	}
	d := runData{runRow: rowOf(s.glance(dir), s.labelsOf(f)), Log: runfolder.LogTail(s.path(dir), logLines)}
	if above := path.Dir(path.Dir(dir)); path.Base(path.Dir(dir)) == "trainings" && slices.Contains(f.suites, above) {
		d.Suite = "suite?" + url.Values{"dir": {above}}.Encode()
	}
	if d.lines, err = s.follow(dir); err != nil {
		d.Problems = append(slices.Clone(d.Problems), s.shown(err))
	}
	for _, c := range chartsOf(d.Points, isLogged, "") {
		d.Curves = append(d.Curves, c.draw())
	}
	for _, c := range chartsOf(d.Measured, isMeasured, "") {
		d.Measure = append(d.Measure, c.draw())
	}
	d.sheets(s.path(dir), q)
	d.Options = optionsOf(d.Config, "")
	for _, other := range f.runs {
		if other != dir && len(d.Others) < maxOthers {
			d.Others = append(d.Others, other)
		}
	}
	return &content{Title: d.Name, Tab: "Runs", Body: "run", Data: d, Notes: f.notes}, nil
}

// sheets chooses the sample sheet: of the step in the URL, else the newest.
func (d *runData) sheets(run string, q url.Values) {
	steps, err := runfolder.SheetSteps(run)
	if err != nil || len(steps) == 0 {
		return
	}
	at := len(steps) - 1
	if step, err := strconv.ParseInt(q.Get("sheet"), 10, 64); err == nil {
		if i := slices.Index(steps, step); i >= 0 {
			at = i
		}
	}
	link := func(i int) string {
		return "run?" + url.Values{"dir": {d.Dir}, "sheet": {fmt.Sprint(steps[i])}}.Encode() + "#samples"
	}
	d.SheetStep = steps[at]
	d.Sheet = "sheet?" + url.Values{"dir": {d.Dir}, "step": {fmt.Sprint(steps[at])}}.Encode()
	if at > 0 {
		d.First, d.Earlier = link(0), link(at-1)
	}
	if at < len(steps)-1 {
		d.Later, d.Newest = link(at+1), "run?"+url.Values{"dir": {d.Dir}}.Encode()+"#samples"
	}
}

// sheet answers a sample sheet as a PNG file, which is made anew from its pixels.
func (s *Site) sheet(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f, err := s.everything()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	dir, err := lookUp("run", q.Get("dir"), f.runs)
	step, bad := strconv.ParseInt(q.Get("step"), 10, 64)
	if err == nil && (bad != nil || step < 0) {
		err = notFound("there is no such sheet")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sheet, err := runfolder.ReadSheet(s.path(dir), step)
	if err != nil {
		s.fail(w, r, notFound(s.shown(err)))
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(sheet.PNG) // the browser has gone: there is nobody to tell
}

// optionsOf lists the options of a config, options of objects in it by their path.
func optionsOf(config map[string]any, above string) (out []option) {
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if inner, ok := config[name].(map[string]any); ok {
			out = append(out, optionsOf(inner, above+name+".")...)
			continue
		}
		out = append(out, option{above + name, optionText(config[name])})
	}
	return out
}
