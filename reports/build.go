package reports

import (
	"slices"

	"repbench/reports/internal/comparison"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// build describes the whole report, once for all its forms.
func build(in *Input, o Options) page.Document {
	tests, generated := divided(in.Records)
	names, subjects := results.Labels(tests), generatedNames(generated)
	d := page.Document{Title: o.title(), Subtitle: subtitle(in)}
	first, end, compared := lead(comparison.Sections(tests, names), tests, names)
	s := summary(in, tests, names, first)
	s.Blocks = append(s.Blocks, generatedSummary(generated, subjects, len(tests))...)
	s.Blocks = append(s.Blocks, end...)
	d.Sections = append(d.Sections, s)
	d.Sections = append(d.Sections, compared...)
	d.Sections = append(d.Sections, costSection(slices.Concat(tests, generated), slices.Concat(names, subjects))...)
	for i, r := range tests {
		d.Sections = append(d.Sections, recordSection(r, names[i], i+1, len(tests) == 1))
	}
	for i, r := range generated {
		d.Sections = append(d.Sections, generatedSection(r, subjects[i], len(tests)+i+1, len(in.Records) == 1, in.pictures))
	}
	for i, r := range in.Runs {
		d.Sections = append(d.Sections, runSection(r, i+1))
	}
	d.Sections = append(d.Sections, howToRead(len(tests) > 0 || len(generated) == 0, generated))
	return d
}

func subtitle(in *Input) string {
	switch {
	case len(in.Runs) == 0:
		return format.Plural(len(in.Records), "result")
	case len(in.Records) == 0:
		return format.Plural(len(in.Runs), "training run")
	}
	return format.Plural(len(in.Records), "result") + ", " + format.Plural(len(in.Runs), "training run")
}

// howToRead explains the numbers: accuracies where there are any, and what is said of generated
// images.
func howToRead(accuracies bool, generated []record.Record) page.Section {
	s := page.Section{ID: "reading", Title: "How to read this report"}
	if accuracies {
		s.Blocks = append(s.Blocks, aboutAccuracies()...)
	}
	if slices.ContainsFunc(generated, func(r record.Record) bool { return r.Kind() == results.KindMemorisation }) {
		s.Blocks = append(s.Blocks, page.Text("Whether a generator copies is judged by a score that is small where an image is suspiciously near to a training image. "+
			"Scores of held-out images, which the generator was not trained on, say how small a score may be by chance (the null). "+
			"Planted copies say which kinds of copies the setting can see at all: “none found” holds for these kinds alone. "+
			"The copy rate is the share of images with p ≤ 0.01 beyond the 1 % expected, with a Wilson interval; where the null is too small for it, the smallest p-value stands for 0.01."))
	}
	if slices.ContainsFunc(generated, func(r record.Record) bool { return r.Kind() == results.KindQuality }) {
		s.Blocks = append(s.Blocks, page.Text("Metrics of sample quality depend on the features, on the numbers of rows and on conventions. Compare a value with its floor, "+
			"the same metric between two real samples, and only with values of the same features, sizes and convention. "+
			"Intervals are from random halves of both sets, drawn without replacement."))
	}
	if slices.ContainsFunc(generated, func(r record.Record) bool { return r.Kind() == results.KindNNC }) {
		s.Blocks = append(s.Blocks, page.Text("A generator of images of a class is judged by the classes of test images: each gets the class of its nearest sample. "+
			"The error is small where samples lie near to all images of their class; it falls as there are more samples. "+
			"As many real training images in their place say what a generator would reach that only repeats them."))
	}
	if slices.ContainsFunc(generated, func(r record.Record) bool { return r.Kind() == results.KindVis }) {
		s.Blocks = append(s.Blocks, page.Text("Figures that look inside a network stand beside a control, which shows what the same picture is worth where nothing was learned: "+
			"images that jump between stored ones, arithmetic on pixels, a random direction, random weights. "+
			"Compare a score with the score of its control before the picture."))
	}
	return s
}

// aboutAccuracies explains accuracies and quoted numbers.
func aboutAccuracies() []page.Block {
	return []page.Block{
		page.Text("An encoder turns an image into a row of numbers, its features. A linear classifier is trained on the features of " +
			"labelled images and then asked for the class of images it has not seen. The better the features, the more often it is right."),
		page.Text("Each accuracy is reported on one split, and C or k, the only number to be tuned, is either fixed beforehand or selected on " +
			"another one; both are named beside the number. A 95 % interval (Wilson) says how far the accuracy may be off because the test " +
			"images are a sample. It does not include the variation between trainings: for that, compare runs with other seeds. " +
			"On few labels the classifier is trained on several draws of them: the number is the mean over draws, the interval (Student's t) " +
			"is the interval of this mean, and the standard deviation says how far single draws lie from it."),
		page.Text("Rows marked as quoted are taken from " + comparison.Source + " (arXiv 1511.06434), were not measured here, and may stand for other conditions."),
	}
}
