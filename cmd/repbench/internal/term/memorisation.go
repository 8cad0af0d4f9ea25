package term

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/plant"
)

// Memorisation is what a run says about copies: the verdict, then the numbers that it rests on.
// dir is the folder with pictures of pairs, "" if there is none; notes are caveats.
func Memorisation(title, dir string, r *memorisation.Result, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d images, %d training images\n", title, r.Generated, r.TrainRows)
	fmt.Fprintf(&b, "%s\n\n", r.Verdict.Sentence)
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	line("compared by", "%s", compared(r))
	line("selected", "%d images at the false discovery rate %g", len(r.Flagged), r.FDR)
	line("copy rate", "%.2f %% [%.2f, %.2f]%s", 100*r.CopyRate.Estimate, 100*r.CopyRate.Lo, 100*r.CopyRate.Hi, upperBound(r))
	line("null", "%d images of %s; %sp ≤ 0.05 for %.2f %% of the generated images", r.Null.Rows, r.Null.Kind, strictly(r), 100*r.FlaggedAt5)
	if o := r.OwnNull; o != nil {
		line("own null", "p ≤ 0.01 for %.2f %%, p ≤ 0.05 for %.2f %%; at most %d selected in a fold (folds: %d, training images in each: %d)", 100*o.FlaggedAt1, 100*o.FlaggedAt5, most(o.Selected), o.Folds, o.Rows)
	}
	if f := r.FalseAlarms; f != nil {
		line("false alarms", "%.2f %% [%.2f, %.2f] of %d held-out images, nominal %.2g %%", 100*f.Measured, 100*f.Lo, 100*f.Hi, f.N, 100*f.Nominal)
	}
	line("n_eff", "%.0f of %d nearest training images", r.NEff, r.Generated)
	memorisationStatistics(line, r)
	w.Flush()
	controlsText(&b, r)
	flaggedText(&b, r)
	if dir != "" {
		fmt.Fprintf(&b, "  pictures of pairs, result and scores in %s\n", dir)
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}

// strictly says how many images have p ≤ 0.01, or which the smallest p-value of a small null is.
func strictly(r *memorisation.Result) string {
	if r.ControlLevel > 0 {
		return fmt.Sprintf("no p-value is below %.2g, and ", r.ControlLevel)
	}
	return fmt.Sprintf("p ≤ 0.01 for %.2f %%, ", 100*r.FlaggedAt1)
}

// compared says by what images are compared.
func compared(r *memorisation.Result) string {
	text := r.Metric
	if r.Encoder != "" {
		text += " in the features of " + r.Encoder
	}
	text += ", score " + r.Score.String()
	if r.WithEncoder != "" {
		text += "; and in the features of " + r.WithEncoder
	}
	return text
}

func upperBound(r *memorisation.Result) string {
	if r.UpperBound95 == nil {
		return ""
	}
	return fmt.Sprintf("; at most %.2g %% with 95 %% confidence, of the kinds seen", 100**r.UpperBound95)
}

func most(counts []int) int {
	n := 0
	for _, c := range counts {
		n = max(n, c)
	}
	return n
}

// memorisationStatistics are the numbers of the literature.
func memorisationStatistics(line func(name, format string, args ...any), r *memorisation.Result) {
	valid := ""
	if !r.ThreeSample.Valid {
		valid = " (not valid, see below)"
	}
	line("Z_U", "%+.2f%s", r.ZU, valid)
	if r.CT != nil {
		line("C_T", "%+.2f, %d of %d cells count%s", r.CT.Value, len(r.CT.CellsUsed), len(r.CT.Z), valid)
	}
	if t := r.TargetDecoy; t != nil {
		line("target-decoy", "nearest is a training image for %.2f %%, expected %.2f %%, z %+.2f", 100*t.Share, 100*t.Expected, t.Z)
	}
	if a := r.AuthPct; a != nil {
		line("AuthPct", "%.1f %%, held-out images %.1f %%", a.Generated, a.HeldOut)
	}
	if g := r.DiscriminatorGap; g != nil {
		line("discriminator gap", "AUC %.3f [%.3f, %.3f] between training and held-out images", g.AUC, g.Lo, g.Hi)
	}
	if r.NND == nil {
		return
	}
	for i, g := range r.NND.Generated {
		beside := ""
		if i < len(r.NND.Training) {
			beside = fmt.Sprintf(" (training images %.2f, %.1f)", r.NND.Training[i].Distance, r.NND.Training[i].GreyLevels)
		}
		line(fmt.Sprintf("nnd of %d", g.Images), "%.2f, %.1f grey levels%s", g.Distance, g.GreyLevels, beside)
	}
}

// controlsText is the table of planted copies.
func controlsText(b *strings.Builder, r *memorisation.Result) {
	if len(r.Controls) == 0 {
		return
	}
	w := tabwriter.NewWriter(b, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "  planted copies\tAUC\tdetected, %\tinterval\tsource found, %\t")
	for _, kind := range plant.CopyKinds() {
		if c, ok := r.Controls[string(kind)]; ok {
			fmt.Fprintf(w, "  %s\t%.3f\t%.1f\t[%.1f, %.1f]\t%.1f\t\n", kind, c.AUC, 100*c.Detected, 100*c.DetectedCI95[0], 100*c.DetectedCI95[1], 100*c.SourceFound)
		}
	}
	w.Flush()
	if r.ControlLevel > 0 {
		fmt.Fprintf(b, "  detected: p ≤ %.2g, the smallest p-value of a null of %d images, which is too small for 0.01\n", r.ControlLevel, r.Null.Rows)
	}
}

// flaggedShown bounds the selected images that the text lists.
const flaggedShown = 10

// flaggedText lists the selected images.
func flaggedText(b *strings.Builder, r *memorisation.Result) {
	for i, f := range r.Flagged {
		if i == flaggedShown {
			fmt.Fprintf(b, "  and %d more\n", len(r.Flagged)-i)
			return
		}
		how := ""
		if words := memorisation.MatchWords(f.Mirrored, f.Offset); words != "" {
			how = ", " + words
		}
		fmt.Fprintf(b, "  image %d is near training image %d: %s %.3g, p %.2g%s\n", f.Image, f.Train, r.Score, f.Score, f.P, how)
	}
}
