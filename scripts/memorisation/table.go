package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"repbench/eval/memorisation"
	"repbench/internal/jsonfile"
)

// planted is the number of copies at the start of the images of "copies".
const planted = 15

// bar is one row of the table.
type bar struct {
	what, limit, measured string
	holds                 bool
}

// bars are what each document must say; a document that is not there gives no row.
var bars = []struct {
	name string
	of   func(r memorisation.Result) []bar
}{
	{"pixels", pixels}, {"default", defaults}, {"copies", copies}, {"honest", honest}, {"svhn", svhn}, {"svhn-distance", svhnDistance}, {"gan", gan},
	{"default", blends}, {"second-few", blends}, {"default-all", blends}, {"second-all", blends},
}

func table(w io.Writer, dir string) error {
	fmt.Fprintln(w, "| what | bar | measured | holds |\n|---|---|---|---|")
	found := false
	for _, b := range bars {
		var r memorisation.Result
		path := filepath.Join(dir, b.name+".json")
		switch err := jsonfile.Read(path, &r); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		}
		found = true
		for _, row := range b.of(r) {
			holds := map[bool]string{true: "yes", false: "**no**"}[row.holds]
			if row.limit == "none" {
				holds = ""
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s |\n", row.what, row.limit, row.measured, holds)
		}
	}
	if !found {
		return fmt.Errorf("%s holds none of the documents of scripts/bench_memorisation.sh", dir)
	}
	return nil
}

// kinds joins a number of some kinds of planted copies.
func kinds(r memorisation.Result, of []string, number func(memorisation.Control) float64) (text string, least, largest float64) {
	least, largest = 2, -1
	var parts []string
	for _, kind := range of {
		c, ok := r.Controls[kind]
		if !ok {
			continue
		}
		v := number(c)
		least, largest = min(least, v), max(largest, v)
		parts = append(parts, fmt.Sprintf("%s %.3f", kind, v))
	}
	return strings.Join(parts, ", "), least, largest
}

func auc(c memorisation.Control) float64 { return c.AUC }

func pixels(r memorisation.Result) []bar {
	easy, least, _ := kinds(r, []string{"exact", "jpeg75", "noise1"}, auc)
	hard, _, largest := kinds(r, []string{"mirror"}, auc)
	_, seen := r.Controls["mirror"]
	return []bar{
		{set(r, "AUC by pixels alone"), "1.000", easy, least > 0.9995 && least < 2},
		{set(r, "AUC of mirrored copies by pixels alone"), "< 0.6, shown as blind", hard, seen && largest < 0.6 && slices.Contains(r.Verdict.Blind, "mirror")},
	}
}

// set names what was compared.
func set(r memorisation.Result, what string) string {
	return fmt.Sprintf("%s, %d training images", what, r.TrainRows)
}

func defaults(r memorisation.Result) []bar {
	var others []string
	for kind := range r.Controls {
		if kind != "blend7030" {
			others = append(others, kind)
		}
	}
	slices.Sort(others)
	text, least, _ := kinds(r, others, auc)
	blend, worst, _ := kinds(r, []string{"blend7030"}, auc)
	out := []bar{
		{set(r, "AUC, default detector"), "≥ 0.999", text, least >= 0.999 && least < 2},
		{set(r, "AUC of blends, default detector"), "≥ 0.95", blend, worst >= 0.95 && worst < 2},
	}
	if f := r.FalseAlarms; f != nil {
		out = append(out, bar{set(r, "false alarms at 1 %"), "0.3 to 2 %", fmt.Sprintf("%.2f %% of %d", 100*f.Measured, f.N), f.Measured >= 0.003 && f.Measured <= 0.02})
	}
	return out
}

func copies(r memorisation.Result) []bar {
	found, others := 0, 0
	for _, f := range r.Flagged {
		if f.Image < planted {
			found++
		} else {
			others++
		}
	}
	return []bar{{set(r, fmt.Sprintf("%d exact copies among %d, null %d", planted, r.Generated, r.Null.Rows)),
		"all found, at most 3 others", fmt.Sprintf("%d found, %d others", found, others), found == planted && others <= 3}}
}

func honest(r memorisation.Result) []bar {
	return []bar{{set(r, fmt.Sprintf("no copies among %d held-out images", r.Generated)), "0 found", fmt.Sprintf("%d found", len(r.Flagged)), len(r.Flagged) == 0}}
}

func svhn(r memorisation.Result) []bar {
	return []bar{{set(r, "honest SVHN generator against CIFAR-10"), "not reported as copying",
		fmt.Sprintf("%s; %.1f %% at 1 %%; Z_U %.0f; n_eff %.0f of %d", r.Verdict.Finding, 100*r.FlaggedAt1, r.ZU, r.NEff, r.Generated), r.Verdict.Finding != memorisation.Copies}}
}

func svhnDistance(r memorisation.Result) []bar {
	own := ""
	if o := r.OwnNull; o != nil {
		own = fmt.Sprintf("; own null %.1f %%", 100*o.FlaggedAt1)
	}
	return []bar{{set(r, "the same by plain distance, where the held-out null accuses it"), "not reported as copying",
		fmt.Sprintf("%s; held-out null %.1f %% at 1 %%%s", r.Verdict.Finding, 100*r.FlaggedAt1, own), r.Verdict.Finding != memorisation.Copies}}
}

// blends says how many blends are seen; there is no bar.
func blends(r memorisation.Result) []bar {
	c, ok := r.Controls["blend7030"]
	if !ok {
		return nil
	}
	what := "blends, default detector"
	if r.WithEncoder != "" {
		what = "blends, with a second test in features"
	}
	measured := fmt.Sprintf("AUC %.3f, %.0f %% [%.0f, %.0f] at 1 %%", c.AUC, 100*c.Detected, 100*c.DetectedCI95[0], 100*c.DetectedCI95[1])
	if f := r.FalseAlarms; f != nil {
		measured += fmt.Sprintf("; false alarms %.2f %%", 100*f.Measured)
	}
	return []bar{{set(r, what), "none", measured, true}}
}

func gan(r memorisation.Result) []bar {
	o := r.OwnNull
	if o == nil {
		return nil
	}
	most := slices.Max(o.Selected)
	of := fmt.Sprintf("DCGAN trained on the set, %d samples, own null of %d folds of %d", r.Generated, o.Folds, o.Rows)
	return []bar{
		{of + ": flagged at 1 %", "0.3 to 2 %", fmt.Sprintf("%.2f %%", 100*o.FlaggedAt1), o.FlaggedAt1 >= 0.003 && o.FlaggedAt1 <= 0.02},
		{of + ": flagged at 5 %", "3.5 to 7 %", fmt.Sprintf("%.2f %%", 100*o.FlaggedAt5), o.FlaggedAt5 >= 0.035 && o.FlaggedAt5 <= 0.07},
		{of + ": selected in a fold", "0", fmt.Sprintf("at most %d", most), most == 0},
		{set(r, "the same DCGAN"), "not reported as copying", string(r.Verdict.Finding), r.Verdict.Finding != memorisation.Copies},
	}
}
