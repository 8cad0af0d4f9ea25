package runfolder

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"repbench/internal/atomicfile"
	"repbench/internal/tfevents"
)

// events is the TensorBoard event file of this sitting.
type events struct {
	path string
	step int64           // of the newest record
	tags map[string]bool // of the values of that step, which has several lines where it was measured
}

// TensorBoard makes the next training write a TensorBoard event file beside metrics.jsonl, with the
// numbers of each line. A folder that has such a file gets it without being asked.
//
// Each sitting begins a new file with what metrics.jsonl holds and removes the older ones, so that no
// step occurs twice.
func (f *Folder) TensorBoard() { f.tensorboard = true }

// EventFiles are the TensorBoard event files in a run folder, the oldest first.
func EventFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tfevents.Prefix) && e.Type().IsRegular() {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(eventTime(a), eventTime(b)), strings.Compare(a, b)) })
	return out, err
}

// eventTime is the time in the name of an event file, in seconds since 1970; 0 where there is none.
func eventTime(path string) int64 {
	text, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), tfevents.Prefix), ".")
	t, _ := strconv.ParseInt(text, 10, 64)
	return t
}

// beginEvents begins the event file of this sitting with the lines of metrics.jsonl.
func (f *Folder) beginEvents() error {
	old, err := EventFiles(f.dir)
	if err != nil || !f.tensorboard && len(old) == 0 {
		return err
	}
	lines, _, err := readMetrics(filepath.Join(f.dir, metricsFile))
	if err != nil {
		return err
	}
	now := time.Now()
	at := now.Unix()
	if len(old) > 0 { // TensorBoard goes from one name to the next
		at = max(at, eventTime(old[len(old)-1])+1)
	}
	f.events = &events{path: filepath.Join(f.dir, fmt.Sprintf("%s%010d.%s.%d", tfevents.Prefix, at, hostName(), os.Getpid())), step: -1}
	first := int64(0)
	if len(lines) > 0 {
		first = lines[0].Step
	}
	content := tfevents.Begin(now, first)
	for _, m := range lines {
		content = append(content, f.events.record(wallTime(now, lines[len(lines)-1], m), m)...)
	}
	if err := atomicfile.WriteFile(f.events.path, content, 0o644); err != nil {
		return err
	}
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// wallTime is when a line was logged, had the training never been stopped before now.
func wallTime(now time.Time, last, m Metrics) time.Time {
	ago := last.Seconds - m.Seconds
	if !(ago >= 0 && ago < 1e9) { // not known
		ago = 0
	}
	return now.Add(-time.Duration(ago * float64(time.Second)))
}

// record is the record of a line, nil where it says nothing new.
func (e *events) record(at time.Time, m Metrics) []byte {
	if m.Step != e.step || e.tags == nil {
		e.step, e.tags = m.Step, map[string]bool{}
	}
	var values []tfevents.Scalar
	for _, v := range append([]Value{{"images", m.Images}, {"seconds", m.Seconds}, {"images_per_second", m.ImagesPerSecond}}, m.Values...) {
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || e.tags[v.Name] {
			continue
		}
		e.tags[v.Name] = true
		values = append(values, tfevents.Scalar{Tag: v.Name, Value: v.Value})
	}
	if values == nil {
		return nil
	}
	return tfevents.Scalars(at, m.Step, values)
}

// appendEvents adds a line to the event file, if there is one.
func (f *Folder) appendEvents(m Metrics) error {
	if f.events == nil {
		return nil
	}
	b := f.events.record(time.Now(), m)
	if b == nil {
		return nil
	}
	return appendTo(f.events.path, b)
}

// hostName is the name of this machine as a part of a file's name.
func hostName() string {
	name, _ := os.Hostname()
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
	return cmp.Or(name, "host")
}
