package reports

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"repbench/datasets"
	"repbench/eval/duplicates"
	"repbench/internal/atomicfile"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/vis/sheet"
)

// WriteDuplicates writes the outcome of a search for duplicates into dir as
// index.html, report.pdf and report.md (with the folder figures), with examples as
// pictures. f is used as Options.Fonts is.
func WriteDuplicates(o *duplicates.Outcome, dir string, f *Fonts) error {
	return writeShown(o, duplicatesDocument, dir, f)
}

// writeShown writes the document of o in all forms, with stand-ins in the PDF for what
// neither its fonts nor f have.
func writeShown[T any](o T, document func(T) (page.Document, error), dir string, f *Fonts) error {
	d, err := document(o)
	if err != nil {
		return err
	}
	shown, p := shownInPDF(o, f)
	forPDF, err := document(shown)
	if err != nil {
		return err
	}
	return writeDocument(d, p.of(forPDF), dir)
}

func duplicatesDocument(o *duplicates.Outcome) (page.Document, error) {
	d := page.Document{Title: "Duplicates in " + format.Text(o.Data, 60), Subtitle: duplicatesSubtitle(o)}
	d.Sections = append(d.Sections, duplicatesSummary(o))
	s, err := gallerySections(o.Examples)
	if err != nil {
		return d, fmt.Errorf("report of duplicates: %w", err)
	}
	d.Sections = append(d.Sections, s...)
	return d, nil
}

// WritePlanted writes the evaluation with planted duplicates into dir, like
// WriteDuplicates.
func WritePlanted(o *duplicates.PlantedOutcome, dir string, f *Fonts) error {
	return writeShown(o, plantedDocument, dir, f)
}

func plantedDocument(o *duplicates.PlantedOutcome) (page.Document, error) {
	d := page.Document{
		Title:    "Finding planted duplicates in " + format.Text(o.Data, 60),
		Subtitle: fmt.Sprintf("%s training images, %s near duplicates planted with seed %d", format.Count(o.Images), format.Count(o.Planted), o.Seed),
	}
	d.Sections = append(d.Sections, plantedSummary(o))
	s, err := gallerySections(o.Examples)
	if err != nil {
		return d, fmt.Errorf("report of planted duplicates: %w", err)
	}
	d.Sections = append(d.Sections, s...)
	return d, nil
}

func duplicatesSubtitle(o *duplicates.Outcome) string {
	s := format.Count(o.Images) + " images"
	if o.Against != "" {
		s += ", the images of " + format.Text(o.Against, 60) + " among them"
	}
	return s
}

func duplicatesSummary(o *duplicates.Outcome) page.Section {
	last := o.Methods[len(o.Methods)-1]
	s := page.Section{ID: "summary", Title: "Summary", Blocks: []page.Block{
		page.Tiles{
			{Label: "Images", Value: format.Count(o.Images)},
			{Label: "Groups of duplicates", Value: format.CountOrZero(o.Groups), Detail: last.Name()},
			{Label: "Images to remove", Value: format.CountOrZero(o.Removed), Detail: percentOf(o.Removed, o.Images) + " % of all"},
		},
		methodTable(o),
		partTable(o),
	}}
	if len(o.Overlaps) > 0 {
		s.Blocks = append(s.Blocks, overlapTable(o))
	}
	if o.AcrossClasses > 0 {
		s.Blocks = append(s.Blocks, page.Text(fmt.Sprintf("Groups that hold images of several classes: %d of %d. Their labels contradict each other, or their images are no duplicates; "+
			"%s names the classes of each. Look at them before you use the keep-lists.", o.AcrossClasses, o.Groups, duplicates.GroupsFile)))
	}
	s.Blocks = append(s.Blocks, page.Text("Images whose codes are equal, or no further apart than the radius, are linked, and linked images form a group. "+
		"Of each group the first is kept, in the order of the splits above. Look at the pictures to decide whether near duplicates are duplicates: "+
		"they are evenly spaced over what was found."))
	return s
}

func methodTable(o *duplicates.Outcome) page.Table {
	t := page.Table{
		Caption: "What each method found. The groups of the second hold the exact duplicates too.",
		Columns: []page.Column{{Title: "Method"}, {Title: "Groups", Right: true}, {Title: "Images in them", Right: true},
			{Title: "Largest", Right: true}, {Title: "Removed", Right: true}, {Title: "Seconds", Right: true}},
	}
	for _, m := range o.Methods {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			m.Name(), format.CountOrZero(m.Groups), format.CountOrZero(m.Grouped), format.CountOrZero(m.Largest), format.CountOrZero(m.Removed), strconv.FormatFloat(m.Seconds, 'f', 1, 64)}})
	}
	return t
}

func partTable(o *duplicates.Outcome) page.Table {
	t := page.Table{
		Caption: "The splits in the order in which their images are preferred, and the keep-lists.",
		Columns: []page.Column{{Title: "Split"}, {Title: "Images", Right: true}, {Title: "Kept", Right: true}, {Title: "Removed", Right: true}, {Title: "Keep-list"}},
	}
	for _, p := range o.Parts {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			format.Text(p.Set+"/"+p.Split, 60), format.CountOrZero(p.Images), format.CountOrZero(p.Kept), format.CountOrZero(p.Images - p.Kept), format.OrNone(p.Keep)}})
	}
	return t
}

func overlapTable(o *duplicates.Outcome) page.Table {
	t := page.Table{
		Caption: "What two splits share: the images of each that have a duplicate in the other, with the same pixels and by the method (exact ones among them).",
		Columns: []page.Column{{Title: "A"}, {Title: "B"}, {Title: "A, exact", Right: true}, {Title: "B, exact", Right: true},
			{Title: "A, by method", Right: true}, {Title: "B, by method", Right: true}},
	}
	for _, v := range o.Overlaps {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			format.Text(v.A, 60), format.Text(v.B, 60), format.CountOrZero(v.ExactA), format.CountOrZero(v.ExactB), format.CountOrZero(v.NearA), format.CountOrZero(v.NearB)}})
	}
	return t
}

func plantedSummary(o *duplicates.PlantedOutcome) page.Section {
	s := page.Section{ID: "summary", Title: "Recall and precision", Blocks: []page.Block{
		page.Text("Near duplicates of known kinds were made from training images drawn at random and hidden among them: " +
			"encoded as JPEG at quality 75, cropped by 3 to 10 % and enlarged again, made 8 to 32 grey levels brighter or darker, and mirrored, " +
			"a quarter of each. The setting of the paper is in bold."),
		page.Text("Recall by kind: the planted images that are in the group of the image they were made from, in %. " +
			"Precision: the share of the removed images that are planted or have the pixels of another, in %. " +
			"Others: training images removed that were not planted; near duplicates that the set held before are among them, so the precision is a lower bound."),
	}}
	for rest := o.Scores; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Method == rest[0].Method && rest[n].Bits == rest[0].Bits {
			n++
		}
		s.Blocks = append(s.Blocks, scoreTable(o.Kinds, rest[:n]))
		rest = rest[n:]
	}
	return s
}

// scoreTable is the table of the settings of one code.
func scoreTable(kinds []string, scores []duplicates.Score) page.Table {
	t := page.Table{
		Caption: fmt.Sprintf("%s, codes of %d bits.", scores[0].Method, scores[0].Bits),
		Columns: []page.Column{{Title: "Method"}},
	}
	for _, k := range kinds {
		t.Columns = append(t.Columns, page.Column{Title: k, Right: true})
	}
	for _, c := range []string{"all", "Precision", "Others"} {
		t.Columns = append(t.Columns, page.Column{Title: c, Right: true})
	}
	for _, s := range scores {
		cells := []string{s.Name()}
		for _, r := range s.Recall {
			cells = append(cells, percentOf(r.Found, r.Of))
		}
		t.Rows = append(t.Rows, page.TableRow{Strong: s.Name() == paperSetting, Cells: append(cells,
			percentOf(s.All.Found, s.All.Of), percentOf(s.Precision.Found, s.Precision.Of), format.CountOrZero(s.Others.Found))})
	}
	return t
}

// paperSetting is the name of the paper's own setting.
const paperSetting = "autoencoder, 128 bits > 0"

// percentOf writes n of m in percent with one decimal, "–" where there is nothing.
func percentOf(n, m int) string {
	if m == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(n)/float64(m), 'f', 1, 64)
}

// gallerySections are one section of pictures for each gallery.
func gallerySections(gs []duplicates.Gallery) ([]page.Section, error) {
	var out []page.Section
	for i, g := range gs {
		s, err := duplicateGallery(fmt.Sprintf("examples-%d", i+1), g)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func duplicateGallery(id string, g duplicates.Gallery) (page.Section, error) {
	pictures := page.Pictures{Caption: g.Caption}
	names := page.Table{
		Caption: "The images of the pictures, in their order.",
		Columns: []page.Column{{Title: "Picture"}, {Title: "Images"}},
	}
	for i, e := range g.Examples {
		strip, err := strip(e.Images)
		if err != nil {
			return page.Section{}, err
		}
		strip.Name, strip.Label = fmt.Sprintf("%s-%d", id, i+1), fmt.Sprintf("%d: %s", i+1, format.Text(e.Label, 30))
		pictures.Items = append(pictures.Items, strip)
		names.Rows = append(names.Rows, page.TableRow{Cells: []string{format.Itoa(i + 1), refsText(e)}})
	}
	return page.Section{ID: id, Title: format.Text(g.Title, 120), Blocks: []page.Block{pictures, names}}, nil
}

// refsText names the images of an example.
func refsText(e duplicates.Example) string {
	var names []string
	for _, r := range e.Refs {
		names = append(names, format.Text(r.Set+"/"+r.Split+" "+r.ID, 90))
	}
	if more := e.Size - len(e.Refs); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, "; ")
}

// stripSide is about the side in pixels at which an image of a strip is drawn.
const stripSide = 96

// strip draws images side by side, enlarged by a whole factor.
func strip(ims []datasets.Images) (page.Picture, error) {
	var one datasets.Images
	for _, im := range ims {
		if one.N > 0 && (im.H != one.H || im.W != one.W || im.C != one.C) {
			break // of another set, of another size
		}
		one = datasets.Images{Data: append(one.Data, im.Data...), N: one.N + 1, H: im.H, W: im.W, C: im.C}
	}
	img, err := sheet.Draw(one, sheet.Options{Columns: one.N, Scale: max(1, stripSide/max(one.H, one.W))})
	if err != nil {
		return page.Picture{}, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return page.Picture{}, err
	}
	return page.Picture{PNG: b.Bytes(), W: img.Bounds().Dx(), H: img.Bounds().Dy()}, nil
}

// writeDocument writes a document in all forms, the PDF from a document of its own;
// index.html is the last file.
func writeDocument(d, forPDF page.Document, dir string) error {
	md, files, err := page.Markdown(d)
	if err != nil {
		return err
	}
	pdf, err := page.PDF(forPDF)
	if err != nil {
		return err
	}
	html, err := page.HTML(d)
	if err != nil {
		return err
	}
	files = append(files, page.File{Name: markdownFile, Data: md}, page.File{Name: pdfFile, Data: pdf}, page.File{Name: htmlFile, Data: html})
	if err := os.MkdirAll(filepath.Join(dir, page.FigureFolder), 0o755); err != nil {
		return fmt.Errorf("report: make its folder: %w", err)
	}
	for _, f := range files {
		if err := atomicfile.WriteFile(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data, 0o644); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}
