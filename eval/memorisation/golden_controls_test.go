package memorisation

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
	"repbench/internal/testenv"
)

type expectedControls struct {
	Kinds     []string
	PerKind   int                           `json:"per_kind"`
	Detectors map[string]any                `json:"detectors"`
	AUC       map[string]map[string]float64 `json:"auc_copies_vs_negative"`
	Mixtures  []struct {
		Kind    string
		Copies  int
		Rate    float64
		Z       float64 `json:"z_u_plain_distance"`
		Flagged int     `json:"flagged_at_0.05"`
	}
}

// controls are the stored scores of one detector.
type controls struct{ planted, null, negative []float64 }

func readControls(t *testing.T, dir, detector string) controls {
	t.Helper()
	var c controls
	for what, into := range map[string]*[]float64{"planted": &c.planted, "null": &c.null, "negative": &c.negative} {
		_, *into = read[float64](t, filepath.Join(dir, detector+"_"+what+".npy"))
	}
	return c
}

func TestGoldenControls(t *testing.T) {
	dir := testenv.Path(t, "golden", "memorisation_controls")
	var want expectedControls
	readJSON(t, &want, filepath.Join(dir, "expected.json"))
	seen := 0
	for detector := range want.AUC {
		c := readControls(t, dir, detector)
		counts, _ := want.Detectors[detector].(map[string]any)
		for i, kind := range want.Kinds {
			planted := c.planted[i*want.PerKind : (i+1)*want.PerKind]
			oracle.Within(t, detector+" "+kind+": AUC", ranks.AUC(planted, c.negative), want.AUC[detector][kind], oracle.Exact)
			for _, alpha := range []float64{0.01, 0.05} {
				list, _ := counts[fmt.Sprintf("flagged_planted_per_kind_at_%g", alpha)].([]any)
				if got := pvalues.Flagged(pvalues.PValues(c.null, planted), alpha); float64(got) != list[i] {
					t.Errorf("%s %s: %d flagged at %g, want %v", detector, kind, got, alpha, list[i])
				}
				seen++
			}
		}
		for _, alpha := range []float64{0.01, 0.05} {
			if got := pvalues.Flagged(pvalues.PValues(c.null, c.negative), alpha); float64(got) != counts[fmt.Sprintf("flagged_negative_at_%g", alpha)] {
				t.Errorf("%s: %d held-out images flagged at %g, want %v", detector, got, alpha, counts)
			}
		}
	}
	if seen != len(want.AUC)*len(want.Kinds)*2 || seen == 0 {
		t.Errorf("%d counts were compared", seen)
	}
	want.checkMixtures(t, readControls(t, dir, "plain_distance"))
	want.checkDefault(t, readControls(t, dir, "correlation_ratio_1_2"))
}

// checkMixtures compares mixtures of planted copies and held-out images.
func (w expectedControls) checkMixtures(t *testing.T, c controls) {
	t.Helper()
	const images = 200 // of a mixture, README.md of the folder
	for _, m := range w.Mixtures {
		var mix []float64
		for i, kind := range w.Kinds {
			if kind == m.Kind {
				mix = append(mix, c.planted[i*w.PerKind:i*w.PerKind+m.Copies]...)
			}
		}
		mix = append(mix, c.negative[:images-m.Copies]...)
		z, _, _ := ranks.ZU(mix, c.null)
		oracle.Within(t, fmt.Sprintf("%s at %g: z_u", m.Kind, m.Rate), z, m.Z, oracle.Exact)
		if got := pvalues.Flagged(pvalues.PValues(c.null, mix), 0.05); got != m.Flagged {
			t.Errorf("%s at %g: %d flagged, want %d", m.Kind, m.Rate, got, m.Flagged)
		}
	}
}

// checkDefault holds the default detector to its bars: AUC at least 0.99 for each kind, 38 of 40
// copies detected at p ≤ 0.01.
func (w expectedControls) checkDefault(t *testing.T, c controls) {
	t.Helper()
	e := Evidence{Controls: map[string]Control{}}
	for i, kind := range w.Kinds {
		planted := c.planted[i*w.PerKind : (i+1)*w.PerKind]
		detected := pvalues.Flagged(pvalues.PValues(c.null, planted), pvalues.CopyAlpha)
		if auc := ranks.AUC(planted, c.negative); auc < 0.99 || detected < 38 {
			t.Errorf("%s: AUC %.4f, %d of %d detected", kind, auc, detected, len(planted))
		}
		e.Controls[kind] = Control{Detected: float64(detected) / float64(len(planted))}
	}
	if sees, blind := e.sees(); len(sees) != len(w.Kinds) || len(blind) > 0 {
		t.Errorf("sees %s, not %s", strings.Join(sees, ", "), strings.Join(blind, ", "))
	}
}
