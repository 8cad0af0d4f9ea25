package quality

import (
	"context"
	"fmt"

	"repbench/eval/quality/classifier"
	"repbench/eval/quality/metric"
	"repbench/internal/errkind"
)

// classifierScore computes the score of the logits of the generated rows.
func (r *runner) classifierScore(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	if s.logits.N == 0 {
		return nil, errkind.Errorf(metric.ErrOptions, "%s: needs the logits of a classifier for the generated rows", metric.NameClassifierScore)
	}
	program := r.settings.Convention.of(metric.NameClassifierScore)
	options, text := classifier.ScoreOptions{}, "one part, all rows"
	switch program {
	case torchFidelity:
		options, text = classifier.ScoreOptions{Splits: 10}, "torch-fidelity: mean of 10 parts, part i from row ⌊iN/10⌋ on, rows in the order of the file"
	case dgmEval:
		options, text = classifier.ScoreOptions{Splits: 10, Whole: true}, "dgm-eval: mean of 10 parts of ⌊N/10⌋ rows, rows in the order of the file"
	}
	v, err := classifier.Score(ctx, s.logits, options, r.options)
	if err != nil {
		return nil, err
	}
	out := single(metric.NameClassifierScore, v.Value, text)
	if len(v.Parts) > 1 {
		out.addPart(metric.NameClassifierScore, "split_sd", v.SD())
	}
	if !s.given {
		return out, nil
	}
	return out, r.classifierAccuracy(out)
}

// classifierAccuracy adds the accuracy of the classifier, or says that it is not known.
func (r *runner) classifierAccuracy(out *outcome) error {
	in := r.inputs
	if in.TestLogits.N == 0 || in.TestLabels == nil {
		out.Warnings = append(out.Warnings, "the accuracy of the classifier on held-out images is not known: the score means as much as the classifier is right")
		return nil
	}
	if in.TestLogits.D != in.Logits.D {
		return errkind.Errorf(metric.ErrOptions, "%s: logits of %d classes for the generated rows, of %d for held-out rows", metric.NameClassifierScore, in.Logits.D, in.TestLogits.D)
	}
	accuracy, err := classifier.Accuracy(in.TestLogits, in.TestLabels)
	if err != nil {
		return err
	}
	out.addPart(metric.NameClassifierScore, "held_out_accuracy", accuracy)
	out.Convention += fmt.Sprintf("; the classifier is right on %.2f %% of %d held-out rows", 100*accuracy, in.TestLogits.N)
	return nil
}

// classifierFloor are the logits of held-out rows, at most as many as there are of
// generated ones.
func (r *runner) classifierFloor() (sets, error) {
	logits := r.inputs.TestLogits
	if logits.N == 0 {
		return sets{}, errkind.Errorf(metric.ErrRows, "%s: there are no logits of held-out rows", metric.NameClassifierScore)
	}
	if n := r.inputs.Logits.N; logits.N > n {
		logits = logits.Subset(metric.DrawRows(metric.Random(r.options.Seed, metric.StreamFloor, 1), logits.N, n))
	}
	return sets{logits: logits}, nil
}
