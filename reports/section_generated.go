package reports

import (
	"fmt"

	"repbench/reports/internal/format"
	"repbench/reports/internal/generator"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// divided are the results of classifiers on features, and the results on generated images, each
// in the order of rs.
func divided(rs []record.Record) (tests, generated []record.Record) {
	for _, r := range rs {
		if results.OnGenerated(r) {
			generated = append(generated, r)
		} else {
			tests = append(tests, r)
		}
	}
	return tests, generated
}

// generatedNames are short names of results on generated images, by what was generated.
func generatedNames(rs []record.Record) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = "generated images"
		if r.Kind() == results.KindVis && r.Encoder.Spec != "" {
			out[i] = results.GeneratorName(r, r.Encoder.Spec)
		}
		if in, ok := r.Input(record.GeneratedInput); ok && in.Name != "" {
			out[i] = results.GeneratorName(r, in.Name)
		}
	}
	return out
}

// mostSentences is the number of results on generated images that the summary has sentences of.
const mostSentences = 4

// generatedSummary are the sentences and the table of the results on generated images. from is
// the number of results before them.
func generatedSummary(rs []record.Record, names []string, from int) []page.Block {
	if len(rs) == 0 {
		return nil
	}
	var out []page.Block
	for i, r := range rs[:min(len(rs), mostSentences)] {
		v := results.ViewOf(r)
		out = append(out, page.Text(subjectOf(r, names[i])+": "+v.Sentence(r, v.Outcome(r))))
	}
	switch {
	case from+len(rs) == 1:
		v := results.ViewOf(rs[0])
		return append(out, v.Headline(v.Outcome(rs[0])))
	case len(rs) == 1:
		return out
	}
	t := page.Table{
		Caption: "All results on generated images. Their sections have the warnings, and say what each setting can see.",
		Columns: []page.Column{{Title: "Generated"}, {Title: "Compared with"}, {Title: "Result"}, {Title: "In short"}, {Title: "Images", Right: true}},
	}
	for i, r := range rs {
		o := results.Of(r)
		t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(from + i + 1), Cells: []string{
			names[i], comparedWith(r), o.Name, inShort(r), imagesOf(r, o),
		}})
	}
	if left := len(rs) - mostSentences; left > 0 {
		out = append(out, page.Text(fmt.Sprintf("The table has these %d results and %d more; each has a section of its own, with its words and its controls.", mostSentences, left)))
	}
	return append(out, t)
}

// comparedWith is the data set that a result on generated images was compared with. A figure that names
// no images was compared with none.
func comparedWith(r record.Record) string {
	if r.Kind() == results.KindVis && r.Data.Name == "" {
		return format.None
	}
	return results.DataName(r)
}

// imagesOf is the number of images of a result; none of a figure, whose scores have numbers of cases of
// their own: pairs, segments, units.
func imagesOf(r record.Record, o results.Outcome) string {
	if r.Kind() == results.KindVis {
		return format.None
	}
	return format.Count(o.NTest)
}

// subjectOf says what a result on generated images is of.
func subjectOf(r record.Record, name string) string {
	if r.Kind() == results.KindMemorisation {
		return "Copies of " + results.DataName(r) + " among " + name
	}
	if r.Kind() == results.KindVis {
		return "Inside " + name + ": " + results.Of(r).Name
	}
	if r.Kind() == results.KindNNC {
		return "Classes of " + results.DataName(r) + " by the nearest sample of " + name
	}
	return "Quality of " + name + " beside " + results.DataName(r)
}

// inShort is a result on generated images in a few words.
func inShort(r record.Record) string {
	if r.Kind() == results.KindMemorisation {
		return generator.CopiesInShort(results.MemorisationOf(r))
	}
	if r.Kind() == results.KindVis {
		return generator.FigureInShort(results.VisOf(r))
	}
	if r.Kind() == results.KindNNC {
		return generator.NNCInShort(results.NNCOf(r))
	}
	q := results.QualityOf(r)
	if all := results.Metrics(q); len(all) > 0 {
		n := q.Metrics[all[0]]
		s := results.MetricName(all[0]) + " " + format.Number(format.ThreeDigits(n.Value))
		if n.Floor != nil {
			s += ", floor " + format.Number(format.ThreeDigits(*n.Floor))
		}
		return s
	}
	return format.None
}

// generatedSection is all about one result on generated images. pictures are the pictures of figures, by
// their SHA-256.
func generatedSection(r record.Record, name string, n int, only bool, pictures map[string][]byte) page.Section {
	v := results.ViewOf(r)
	o := v.Outcome(r)
	s := page.Section{ID: results.SectionID(n), Title: subjectOf(r, name), Minor: r.Kind() != results.KindVis}
	add := func(bs ...page.Block) { s.Blocks = append(s.Blocks, bs...) }
	if !only {
		add(v.Headline(o), page.Text(v.Sentence(r, o)))
	}
	for _, kind := range []page.CalloutKind{page.Warning, page.Note} {
		if items := recordRemarks(r, kind); len(items) > 0 {
			add(page.Callout{Kind: kind, Items: items})
		}
	}
	switch r.Kind() {
	case results.KindMemorisation:
		add(generator.Memorisation(s.ID, results.MemorisationOf(r))...)
	case results.KindQuality:
		add(generator.Quality(results.QualityOf(r))...)
	case results.KindNNC:
		add(generator.NNC(results.NNCOf(r), r.Data.Name == "mnist")...)
	case results.KindVis:
		add(generator.Inside(s.ID, results.VisOf(r), pictures)...)
	}
	add(generatedFacts(r, v, o))
	return s
}

// generatedFacts are the settings behind a result on generated images, and what it cost.
func generatedFacts(r record.Record, v results.View, o results.Outcome) page.Facts {
	f := page.Facts{Caption: "Settings, inputs, versions and cost."}
	add := func(key, value string) {
		if value != "" && value != format.None {
			f.Items = append(f.Items, page.Fact{Key: key, Value: value})
		}
	}
	add("Record", format.Text(r.ID, 200))
	for _, in := range r.Inputs {
		add("Input, "+format.Text(in.Role, 20), inputText(in))
	}
	if in, ok := r.Input(record.GeneratedInput); !ok || in.Name != r.Encoder.Spec { // else it stands above
		add("Encoder", format.Text(r.Encoder.Spec, 200))
		add("Weights (hash)", format.Text(r.Encoder.WeightsHash, 100))
	}
	add("Layers", format.Text(format.List(r.Encoder.Layers), 400))
	add("Data", format.Text(r.Data.Name, 100))
	add("Data from", format.Text(r.Data.Source, 300))
	add("Data (hash)", format.Text(r.Data.Hash, 100))
	v.Facts(add)
	add("Backend", format.Text(r.Backend, 60))
	add("Seed", fmt.Sprint(r.Seed))
	addCosts(add, r, o)
	addVersions(add, r.Versions)
	return f
}

// inputText is an input with its size, seed and hash.
func inputText(in record.Input) string {
	out := format.OrNone(format.Text(in.Name, 200))
	if in.Rows > 0 {
		out += ", " + format.Count(in.Rows)
	}
	if in.Seed != nil {
		out += fmt.Sprintf(", seed %d", *in.Seed)
	}
	if in.Hash != "" {
		out += ", " + format.Text(in.Hash, 100)
	}
	return out
}
