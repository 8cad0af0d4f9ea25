package neighbours

import "testing"

func TestParseKind(t *testing.T) {
	for _, k := range []Kind{Cosine, Dot, Euclidean} {
		if got, err := ParseKind(k.String()); got != k || err != nil {
			t.Errorf("metric %s is read as %s, error %v", k, got, err)
		}
	}
	if _, err := ParseKind("manhattan"); err == nil || Kind(9).String() != "9" {
		t.Errorf("error %v, metric %s", err, Kind(9))
	}
}

func TestMetricErrors(t *testing.T) {
	for _, m := range []Metric{{Kind: -1}, {Kind: Euclidean + 1}, {Kind: Cosine, Normalise: true}} {
		if m.Validate() == nil {
			t.Errorf("%+v is taken for a metric", m)
		}
	}
}
