package page

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"repbench/reports/internal/foreign"
)

// The page: A4 in points, with margins.
const (
	pageW, pageH = 595.28, 841.89
	marginX      = 56.0
	marginTop    = 62.0
	marginBottom = 54.0
	textW        = pageW - 2*marginX
	bottom       = pageH - marginBottom
)

// Sizes of text in points, and the height of a line as a multiple of its size.
const (
	bodySize  = 9.5
	smallSize = 8
	leading   = 1.36
)

// blockGap is the room between blocks, sectionGap that above a section.
const (
	blockGap   = 7
	sectionGap = 16
)

// rgb is a colour of the page.
type rgb [3]int

var (
	ink       = rgb{0x1F, 0x23, 0x28}
	muted     = rgb{0x59, 0x63, 0x6E}
	hairline  = rgb{0xD1, 0xD9, 0xE0}
	quoted    = rgb{0x6B, 0x75, 0x80}
	soft      = rgb{0xF6, 0xF8, 0xFA}
	noteInk   = rgb{0x00, 0x72, 0xB2}
	noteFill  = rgb{0xEA, 0xF4, 0xFB}
	alertInk  = rgb{0xD5, 0x5E, 0x00}
	alertFill = rgb{0xFD, 0xF0, 0xE5}
)

// created is the date inside every PDF: the library would put the clock's.
var created = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// PDF renders the document on A4 pages, with real text, vector figures, page
// numbers and bookmarks. Figures, pictures, short callouts and rows of tables
// are never split over pages.
func PDF(d Document) ([]byte, error) {
	p, err := laidOut(d)
	if err != nil {
		return nil, err
	}
	p.furniture(d.Title)
	var b bytes.Buffer
	if err := p.doc.Output(&b); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return b.Bytes(), nil
}

// Leaf says how full a page of the PDF is.
type Leaf struct {
	// Empty is the part of the body's height that is left empty at its foot.
	Empty float64
	// SectionEnds is set when the next page begins a section, or when there is none.
	SectionEnds bool
	// Blocks are the kinds of the blocks that begin on the page, in their order.
	Blocks []string
}

// Leaves are the pages of the document's PDF.
func Leaves(d Document) ([]Leaf, error) {
	p, err := laidOut(d)
	if err != nil {
		return nil, err
	}
	return p.leaves, nil
}

// laidOut is a PDF with all blocks on its pages.
func laidOut(d Document) (*pdf, error) {
	p, err := newPDF(d)
	if err != nil {
		return nil, err
	}
	return p, p.lay(d)
}

// pdf is a document in the making.
type pdf struct {
	doc    *fpdf.Fpdf
	glyphs *glyphs
	// y is where the next piece goes, from the top of the page.
	y float64
	// placed are the pieces of the page that is being filled, leaf what is known of it,
	// leaves are the pages before it.
	placed []piece
	leaf   Leaf
	// choices say which flows move up next, sparse that as little as possible of it does; a dry layout draws nothing.
	choices []int
	sparse  bool
	dry     bool
	leaves  []Leaf
	// widths are the widths in pixels of the images so far.
	widths map[int]bool
}

func newPDF(d Document) (*pdf, error) {
	if d.Setter == nil {
		d.Setter = foreign.Open(nil).Setter()
	}
	g, err := newGlyphs(d.Setter)
	if err != nil {
		return nil, err
	}
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: pageW, Ht: pageH}})
	doc.SetCatalogSort(true)
	doc.SetCreationDate(created)
	doc.SetModificationDate(created)
	doc.SetProducer("repbench", true)
	doc.SetTitle(g.text(d.Title), true)
	doc.SetLang("en")
	doc.SetMargins(0, 0, 0)
	doc.SetCellMargin(0)
	doc.SetAutoPageBreak(false, 0)
	addFonts(doc)
	p := &pdf{doc: doc, glyphs: g, widths: map[int]bool{}}
	p.doc.AddPage()
	p.y = marginTop
	return p, doc.Error()
}

// newPage draws the page and begins another one, which a section begins or not.
func (p *pdf) newPage(section bool) {
	p.leaf.SectionEnds = section
	p.flush(false)
	if !p.dry {
		p.doc.AddPage()
	}
	p.y = marginTop
}

// lay places the title and all sections and draws the last page.
func (p *pdf) lay(d Document) error {
	for _, c := range p.lines(d.Title, textStyle{bold, 20, ink}, 0, textW, true) {
		p.place(c)
	}
	p.place(space(2))
	for _, c := range p.lines(d.Subtitle, textStyle{regular, bodySize, muted}, 0, textW, true) {
		p.place(c)
	}
	p.place(space(4))
	for _, s := range d.Sections {
		queue, err := p.section(s)
		if err != nil {
			return fmt.Errorf("section %q: %w", s.Title, err)
		}
		p.fill(queue)
	}
	p.flush(true)
	return p.doc.Error()
}

var headingStyle = textStyle{bold, 14, ink}

// section is a heading, which stays with the beginning of what follows, and the blocks.
func (p *pdf) section(s Section) ([]flow, error) {
	heading := []piece{space(sectionGap), {keep: true, h: 0.01, draw: func(y, _ float64) {
		p.doc.Bookmark(p.glyphs.text(s.Title), 0, y)
		if y > marginTop+1 {
			p.rule(y-6, 0.6)
		}
	}}}
	heading = append(heading, p.lines(s.Title, headingStyle, 0, textW, true)...)
	out := []flow{{section: true, pieces: heading}}
	for i, b := range s.Blocks {
		f, err := p.flow(b)
		if err != nil {
			return nil, err
		}
		name, err := kind(b)
		if err != nil {
			return nil, err
		}
		f.kinds = []string{name}
		if i == 0 {
			f.pieces = append(append(heading, space(blockGap)), f.pieces...)
			f.section = true
			out[0] = f
			continue
		}
		out = append(out, f)
	}
	if h, ok := p.textHeight(s.Blocks); ok && h > 0 {
		out = []flow{whole(out)}
	}
	return opening(out, s.Blocks), nil
}

// furniture writes the header and footer of every page, now that their number
// is known.
func (p *pdf) furniture(title string) {
	n := p.doc.PageCount()
	for i := 1; i <= n; i++ {
		p.doc.SetPage(i)
		small := textStyle{regular, smallSize, muted}
		if i > 1 {
			p.write(p.fit(title, small, textW), small, marginX, 40)
			p.rule(46, 0.5)
		}
		number := fmt.Sprintf("Page %d of %d", i, n)
		p.write(number, small, marginX+textW-p.width(number, small), pageH-32)
	}
}
