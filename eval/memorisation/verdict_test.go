package memorisation

import (
	"strings"
	"testing"

	"repbench/eval/memorisation/pvalues"
)

// evidence of a run of 1,500 images without copies, to be changed by each case.
func evidence() Evidence {
	return Evidence{
		Generated: 1500, Null: 2000, FDR: 0.05, SmallestFindable: 15, NEff: 900, Distinct: 1100, UpperBound: 0.002,
		Controls: map[string]Control{"exact": {Detected: 1}, "mirror": {Detected: 0.9}},
	}
}

func first(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// ownNull flags the first n of 1,500 images.
func ownNull(n int, selected ...int) *pvalues.OwnNull {
	o := &pvalues.OwnNull{Folds: 5, Selected: selected, P: make([]float64, 1500)}
	for i := range o.P {
		if o.P[i] = 0.5; i < n {
			o.P[i] = 0.01
		}
	}
	return o
}

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(e *Evidence)
		finding Finding
		null    string
		says    []string
		warns   string
	}{
		"nothing": {func(*Evidence) {}, NoneFound, HeldOutNull,
			[]string{"No copies were found among 1500", "(exact, mirror)", "at most 0.2 % are copies with 95 % confidence", "fewer than 15 could not"}, ""},
		"more small p-values than chance explains": {func(e *Evidence) { e.CopyRate = pvalues.Rate{Estimate: 0.126, Lo: 0.085, Hi: 0.181} }, Undecided, HeldOutNull,
			[]string{"is not decided", "no single image of 1500", "copy rate 13 % [8.5, 18]", "more held-out images"}, ""},
		"a copy rate that may be 0": {func(e *Evidence) { e.CopyRate = pvalues.Rate{Estimate: 0.004, Hi: 0.01} }, NoneFound, HeldOutNull,
			[]string{"No copies were found"}, ""},
		"copies": {func(e *Evidence) { e.Selected = first(16) }, Copies, HeldOutNull,
			[]string{"16 of 1500 generated images", "fewer than one of them is expected"}, ""},
		"copies that the own null confirms": {func(e *Evidence) { e.Selected, e.OwnNull = first(16), ownNull(8, 0, 0) }, Copies, HeldOutNull,
			[]string{"16 of 1500"}, ""},
		"distances of a generator unlike the data": {func(e *Evidence) { e.Selected, e.OwnNull = first(540), ownNull(60, 0, 0, 0) }, NoneFound, GeneratorsNull,
			[]string{"No copies were found"}, "distances to held-out images are no null for them"},
		"the own null selects too": {func(e *Evidence) { e.Selected, e.OwnNull = first(540), ownNull(60, 0, 30) }, Copies, GeneratorsNull,
			[]string{"30 of 1500", "about 2 of them"}, "unlike the data"},
		"hubs": {func(e *Evidence) {
			e.Selected, e.OwnNull, e.NEff, e.Distinct = first(540), ownNull(60, 0, 250), 10, 87
		}, Undecided, GeneratorsNull, []string{"is not decided", "only 87"}, "nearest neighbours concentrate on 87 images (effective number 10 of 1500)"},
		"a kind that is not seen": {func(e *Evidence) { e.Controls["blend7030"] = Control{Detected: 0.47} }, NoneFound, HeldOutNull,
			[]string{"of the kinds that this setting sees (exact, mirror)", "this setting cannot see blend7030"}, ""},
		"no kind is seen": {func(e *Evidence) { e.Controls = map[string]Control{"mirror": {Detected: 0.1}} }, Undecided, HeldOutNull,
			[]string{"sees no kind of copy that was planted (mirror), so that nothing follows"}, ""},
		"no controls": {func(e *Evidence) { e.Controls = nil }, NoneFound, HeldOutNull,
			[]string{"without controls nothing shows which kinds"}, ""},
		"a null too small": {func(e *Evidence) { e.Null, e.SmallestFindable = 10, 1501 }, Undecided, HeldOutNull,
			[]string{"Nothing can be said: with a null of 10 images no number of copies among 1500"}, ""},
	} {
		e := evidence()
		c.change(&e)
		v := e.Conclude()
		if v.Finding != c.finding || v.Null != c.null {
			t.Errorf("%s: %q by the %s null, want %q by the %s", name, v.Finding, v.Null, c.finding, c.null)
		}
		for _, text := range c.says {
			if !strings.Contains(v.Sentence, text) {
				t.Errorf("%s: %q lacks %q", name, v.Sentence, text)
			}
		}
		if warned := strings.Join(v.Warnings, "\n"); c.warns == "" && warned != "" || !strings.Contains(warned, c.warns) {
			t.Errorf("%s: warnings %q, want %q", name, warned, c.warns)
		}
		if !strings.HasSuffix(v.Sentence, ".") || strings.Contains(v.Sentence, "..") {
			t.Errorf("%s: %q", name, v.Sentence)
		}
	}
}
