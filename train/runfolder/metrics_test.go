package runfolder

import (
	"encoding/json"
	"math"
	"testing"
)

// A line keeps the order of its values; an unknown value is null in the file and NaN in memory.
func TestMetricsLine(t *testing.T) {
	const line = `{"step":7,"images":96,"seconds":0.5,"images_per_second":32.02389744918468,"d_loss":null,"g_loss":0.5961146950721741,"a":1e+30}`
	var m Metrics
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatal(err)
	}
	if m.Step != 7 || m.Images != 96 || m.Get("g_loss") != 0.5961146950721741 || !math.IsNaN(m.Get("d_loss")) || !math.IsNaN(m.Get("d_real")) {
		t.Errorf("read %+v", m)
	}
	if again, err := json.Marshal(m); err != nil || string(again) != line {
		t.Errorf("written again: %s, %v", again, err)
	}
	if err := json.Unmarshal([]byte(`{"step":1,"note":"x","loss":2}`), &m); err != nil || len(m.Values) != 1 || !math.IsNaN(m.Seconds) {
		t.Errorf("a line with other fields: %+v, %v", m, err)
	}
	for _, bad := range []string{`{}`, `{"step":-1}`, `{"step":1.5}`, `{"step":null}`, `{"step":1,"seconds":"x"}`, `[]`, `7`} {
		if err := json.Unmarshal([]byte(bad), &m); err == nil {
			t.Errorf("%s was read as %+v", bad, m)
		}
	}
}
