package reports

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/memorisation"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// generatedInput are two results on copies, one with copies, and one on samples.
func generatedInput(t testing.TB) *Input {
	return &Input{Records: []record.Record{
		fakeGenerated("dcgan:runs/overtrained", fakeMemorisation(t, true)),
		fakeGenerated("dcgan:runs/svhn32-cifar10", fakeMemorisation(t, false)),
		fakeGenerated("dcgan:runs/svhn32-cifar10", fakeQuality()),
	}}
}

// Results with as little as the checks demand, and numbers as large as they allow.
const (
	hostileMemorisation = `{"kind":"memorisation","id":"m","memorisation":{"score":"distance","train_rows":9223372036854775807,"generated":1,"null":{"kind":"|<b>","rows":1},` +
		`"z_u":1e300,"n_eff":1e300,"three_sample":{"why":"<i>"},"target_decoy":{"share":1e300,"n_eff":1e300},"nnd":{"generated":[{"images":1,"distance":1e300}]},"c_t":{"c_t":-1e300},` +
		`"controls":{"|":{"n":1,"detected_ci95":[0,0]}},"histogram":{"lo":-1e9,"width":1e9,"series":[{"name":"null","counts":[2147483647,2147483647]},{"name":"|"}]},` +
		`"verdict":{"finding":"|","sentence":"<b>| x"},"pairs":[{"group":"|","name":"|","rank":-3,"score":1e300,"source":5}]}}`
	hostileQuality = `{"kind":"quality","id":"q","quality":{"real_rows":1,"generated_rows":1,"metrics":{"|<b>":{"value":1e300,"ci95":[-1e300,1e300],"parts":{"|":1e300}},"kid":{"value":-1e-300}}}}`
)

// document is the report of these records, checked.
func document(t *testing.T, in *Input) page.Document {
	t.Helper()
	sorted, err := in.sorted()
	if err != nil {
		t.Fatal(err)
	}
	d := build(sorted, Options{})
	checkDocument(t, d)
	return d
}

// words is all text of a section.
func words(s page.Section) string { return fmt.Sprintf("%s %v", s.Title, s.Blocks) }

// The sentence and the table stand in the summary, and each result has a section.
func TestGeneratedReport(t *testing.T) {
	d := document(t, generatedInput(t))
	summary := words(d.Sections[0])
	for _, want := range []string{
		"Copies of cifar10 among dcgan:runs/overtrained: 15 of 1500 generated images are copies", "No copies were found among 1500 generated images",
		"Quality of dcgan:runs/svhn32-cifar10 beside cifar10", "15 images selected as copies", "none found of the kinds seen (6 of 7)", "floor",
	} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary does not hold %q:\n%s", want, summary)
		}
	}
	if strings.Contains(summary, "Accuracy") || strings.Contains(fmt.Sprint(d.Sections[len(d.Sections)-1]), "linear classifier") {
		t.Error("a report without classifiers speaks of accuracies")
	}
	var kinds []string
	for _, s := range d.Sections {
		kinds = append(kinds, s.Title)
		if !strings.HasPrefix(s.Title, "Copies of") {
			continue
		}
		for _, want := range []string{"cannot be seen", "-scores", "Numbers of the literature", "False alarms", "1,500 generated images", "not valid here", "shift 1 left, mirrored", "the copied image"} {
			if !strings.Contains(words(s), want) {
				t.Errorf("section %s does not hold %q", s.Title, want)
			}
		}
	}
	if !slices.Contains(kinds, "Quality of dcgan:runs/svhn32-cifar10 beside cifar10") {
		t.Errorf("sections %q", kinds)
	}
}

// Beside results of classifiers, the other sections and names stay as they are.
func TestGeneratedBesideClassifiers(t *testing.T) {
	alone := document(t, demoInput(t))
	in := demoInput(t)
	in.Records = append(in.Records, generatedInput(t).Records...)
	mixed := document(t, in)
	titles := func(d page.Document) (out []string) {
		for _, s := range d.Sections {
			out = append(out, s.Title)
		}
		return out
	}
	rest := slices.DeleteFunc(titles(mixed), func(s string) bool { return strings.HasPrefix(s, "Copies of") || strings.HasPrefix(s, "Quality of") })
	if !slices.Equal(rest, titles(alone)) {
		t.Errorf("sections %q, want %q", rest, titles(alone))
	}
	last := words(mixed.Sections[len(mixed.Sections)-1])
	for _, want := range []string{"linear classifier", "held-out images", "floor"} {
		if !strings.Contains(last, want) {
			t.Errorf("how to read it does not hold %q", want)
		}
	}
}

// A file of records of all kinds is read, reported, and its copy is the same file.
func TestGeneratedFromFile(t *testing.T) {
	in := demoInput(t)
	in.Records = append(in.Records, generatedInput(t).Records...)
	b, err := record.Encode(in.Records)
	if err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, t.TempDir(), record.FileName, b)
	loaded, err := Load([]string{path})
	if err != nil || len(loaded.Records) != 6 {
		t.Fatalf("%v, %v", loaded, err)
	}
	files, err := render(loaded, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == record.FileName && string(f.Data) != string(b) {
			t.Error("the report's records differ from the reported ones")
		}
	}
	other := filepath.Join(t.TempDir(), "report")
	if err := Write(loaded, other, Options{}); err != nil {
		t.Fatal(err)
	}
}

// Hostile results are reported without breaking the page.
func TestGeneratedHostile(t *testing.T) {
	recs, err := record.Parse(strings.NewReader(hostileMemorisation+"\n"+hostileQuality), "f", results.Decode)
	if err != nil {
		t.Fatal(err)
	}
	files, err := render(&Input{Records: recs}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := wellFormed(string(files[len(files)-1].Data)); err != nil {
		t.Error(err)
	}
}

// A result without the optional parts, and one that an older program might have stored, are shown.
func TestGeneratedBare(t *testing.T) {
	s := fakeMemorisation(t, false)
	s.Controls, s.Histogram, s.Pairs, s.OwnNull, s.CT, s.AuthPct, s.YoonShare, s.TargetDecoy, s.DiscriminatorGap, s.NND, s.FalseAlarms, s.UpperBound95 = nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
	s.Verdict.Finding = memorisation.Undecided
	r := fakeGenerated("samples.npy", s)
	r.Inputs = nil
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	recs, err := record.Parse(strings.NewReader(string(line)), "f", results.Decode)
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, &Input{Records: recs})
	if got := words(d.Sections[2]); !strings.Contains(got, "Copies of cifar10 among generated images") || !strings.Contains(got, "No copies were planted") {
		t.Errorf("the section says %s", got)
	}
	if got := inShort(recs[0]); got != "not decided" {
		t.Errorf("in short %q", got)
	}
}

// TestGeneratedEncoder: the settings name the encoder where it is another than the generator, which
// stands among the inputs; older records have none.
func TestGeneratedEncoder(t *testing.T) {
	for encoder, want := range map[string]string{"": "", "dcgan:runs/a": "", "pca:8": "pca:8"} {
		r := fakeGenerated("dcgan:runs/a", fakeMemorisation(t, false))
		r.Encoder = record.Encoder{Spec: encoder, WeightsHash: "w"}
		if encoder == "" {
			r.Encoder = record.Encoder{}
		}
		v := results.ViewOf(r)
		got, inputs := "", 0
		for _, f := range generatedFacts(r, v, v.Outcome(r)).Items {
			switch {
			case f.Key == "Encoder":
				got = f.Value
			case strings.HasPrefix(f.Value, "dcgan:runs/a"):
				inputs++
			}
		}
		if got != want || inputs != 1 {
			t.Errorf("of the encoder %q the settings say %q, and %d inputs are the generator", encoder, got, inputs)
		}
		document(t, &Input{Records: []record.Record{r}})
	}
}
