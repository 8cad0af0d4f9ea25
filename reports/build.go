package reports

import (
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

// build describes the whole report, once for all its forms.
func build(in *Input, o Options) page.Document {
	names := labels(in.Records)
	d := page.Document{Title: o.title(), Subtitle: subtitle(in)}
	first, end, compared := lead(comparisons(in.Records, names), in.Records, names)
	s := summary(in, names, first)
	s.Blocks = append(s.Blocks, end...)
	d.Sections = append(d.Sections, s)
	d.Sections = append(d.Sections, compared...)
	d.Sections = append(d.Sections, costSection(in.Records, names)...)
	for i, r := range in.Records {
		d.Sections = append(d.Sections, recordSection(r, names[i], i+1, len(in.Records) == 1))
	}
	for i, r := range in.Runs {
		d.Sections = append(d.Sections, runSection(r, i+1))
	}
	d.Sections = append(d.Sections, howToRead())
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

func howToRead() page.Section {
	return page.Section{ID: "reading", Title: "How to read this report", Blocks: []page.Block{
		page.Text("An encoder turns an image into a row of numbers, its features. A linear classifier is trained on the features of " +
			"labelled images and then asked for the class of images it has not seen. The better the features, the more often it is right."),
		page.Text("Each accuracy is reported on one split, and C or k, the only number to be tuned, is either fixed beforehand or selected on " +
			"another one; both are named beside the number. A 95 % interval (Wilson) says how far the accuracy may be off because the test " +
			"images are a sample. It does not include the variation between trainings: for that, compare runs with other seeds. " +
			"On few labels the classifier is trained on several draws of them: the number is the mean over draws, the interval (Student's t) " +
			"is the interval of this mean, and the standard deviation says how far single draws lie from it."),
		page.Text("Rows marked as quoted are taken from " + source + " (arXiv 1511.06434), were not measured here, and may stand for other conditions."),
	}}
}
