package reports

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"repbench/eval/duplicates"
	"repbench/reports/record"
)

var (
	pdfStream = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	pdfString = regexp.MustCompile(`(?s)Td \((.*?[^\\]|)\) Tj ET`)
)

// pdfText is all text of a PDF that the report's own fonts show, a line each.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	var out []string
	for _, m := range pdfStream.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(b, []byte(" Tf ET")) {
			continue
		}
		for _, m := range pdfString.FindAllSubmatch(b, -1) {
			raw := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(m[1]))
			var u []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out = append(out, string(utf16.Decode(u)))
		}
	}
	return strings.Join(out, "\n")
}

// foreignInput is results with names that the PDF's fonts lack.
func foreignInput(t *testing.T) *Input {
	t.Helper()
	in := fakeInput(t)
	for i := range in.Records {
		r := &in.Records[i]
		r.Data.Name, r.Data.Source = "cifar10", "folder:/data/画像/cafe\u0301"
		linearOf(r).Classes = slices.Clone(cifarClasses)
		copy(linearOf(r).Classes, []string{"猫類", "犬類", "عربي", "😀", "cafe\u0301", "x\u0301"})
		linearOf(r).Mistakes = fakeMistakes(t, 20)
	}
	in.Records[0].Notes = append(in.Records[0].Notes, "東京都立大学の画像 were used.")
	return in
}

// Names that the PDF's fonts lack stand as the number of the class and code points,
// wherever they are shown, figures included; the PDF says so, and so does the note for
// the terminal. The other files show the names themselves.
func TestStandIns(t *testing.T) {
	in := foreignInput(t)
	files := write(t, in)
	pdf := pdfText(t, []byte(files["report.pdf"]))
	if strings.Contains(pdf, "?") {
		t.Error("report.pdf shows question marks")
	}
	for _, want := range []string{
		"\nclass 0 (U+732B U+985E)\n", "\nclass 1 (U+72AC U+985E)\n", "\nclass 2 (U+0639 U+0631 …)\n", "\nclass 3 (U+1F600)\n", "\ncafé\n",
		"\nclass 5 (x U+0301)\n", "\nU+0639 U+0631 U+0628 U+064A\n", "(text 1) were used.", "/data/(U+753B U+50CF)/café", "Names in code points",
		"The fonts of this PDF lack some characters of 5 class names and 2 other texts.",
	} {
		if !strings.Contains(pdf, want) {
			t.Errorf("report.pdf does not say %q", want)
		}
	}
	// Once in each of the two rows of names of a figure, for each of the results.
	if n := strings.Count(pdf, "\nclass 0 (U+732B U+985E)"); n < 2*len(in.Records) {
		t.Errorf("report.pdf names class 0 in %d places", n)
	}
	for _, name := range []string{"index.html", "report.md", "records.jsonl"} {
		if !strings.Contains(files[name], "猫類") || strings.Contains(files[name], "U+732B") {
			t.Errorf("%s does not show the names as they are", name)
		}
	}
	if !strings.Contains(files["index.html"], ">café<") || strings.Contains(files["index.html"], "e\u0301") {
		t.Error("index.html holds an accent apart from its letter")
	}
	notes := Notes(in, nil)
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "report.pdf shows 5 class names and 2 other texts as code points, because its fonts lack") {
		t.Errorf("notes %q", notes)
	}
}

// A report without such names is written as before, and without a note.
func TestNoStandIns(t *testing.T) {
	in := fakeInput(t)
	if n := Notes(in, nil); n != nil {
		t.Errorf("notes %q", n)
	}
	shown, p := shownInPDF(in, nil)
	d := build(shown, Options{})
	if got := p.of(d); len(got.Sections) != len(d.Sections) || len(got.Sections[0].Blocks) != len(d.Sections[0].Blocks) {
		t.Error("a report without stand-ins explains stand-ins")
	}
}

// The list of stand-ins has an end.
func TestManyStandIns(t *testing.T) {
	r := fakeRecord("x", 0.5, 0)
	linearOf(r).Confusion = nil
	linearOf(r).Classes = nil
	for i := range 1000 {
		linearOf(r).Classes = append(linearOf(r).Classes, string(rune(0x4E00+i)))
	}
	shown, p := shownInPDF(&Input{Records: []record.Record{r}}, nil)
	d := p.of(build(shown, Options{}))
	checkDocument(t, d)
	list := standInTable(p.standIns.Entries())
	if len(list.Rows) != mostStandIns || !strings.Contains(list.Caption, "The first 400 of 1,000.") {
		t.Errorf("%d rows below %q", len(list.Rows), list.Caption)
	}
}

// The reports of duplicates have stand-ins too.
func TestDuplicatesStandIns(t *testing.T) {
	o := &duplicates.Outcome{Summary: duplicates.Summary{
		Data: "folder:猫類", Images: 2, Methods: []duplicates.MethodSummary{{}},
		Parts: []duplicates.PartSummary{{Set: "犬", Split: "train", Images: 2, Kept: 2}},
	}}
	dir := t.TempDir()
	if err := WriteDuplicates(o, dir, nil); err != nil {
		t.Fatal(err)
	}
	pdf := pdfText(t, []byte(readReport(t, dir, "report.pdf")))
	for _, want := range []string{"Duplicates in folder:(U+732B U+985E)", "(U+72AC)/train", "The fonts of this PDF lack some characters of 2 other texts."} {
		if !strings.Contains(pdf, want) {
			t.Errorf("report.pdf does not say %q: %s", want, pdf)
		}
	}
	if n := Notes(o, nil); len(n) != 1 || !strings.Contains(n[0], "2 other texts") {
		t.Errorf("notes %q", n)
	}
}
