package page

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
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
	p, err := newPDF(d)
	if err != nil {
		return nil, err
	}
	p.title(d)
	for _, s := range d.Sections {
		if err := p.section(s); err != nil {
			return nil, fmt.Errorf("section %q: %w", s.Title, err)
		}
	}
	p.furniture(d.Title)
	var b bytes.Buffer
	if err := p.doc.Output(&b); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return b.Bytes(), nil
}

// pdf is a document in the making.
type pdf struct {
	doc    *fpdf.Fpdf
	glyphs *glyphs
	// y is where the next block goes, from the top of the page.
	y float64
	// widths are the widths in pixels of the images so far.
	widths map[int]bool
}

func newPDF(d Document) (*pdf, error) {
	g, err := newGlyphs()
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
	p.newPage()
	return p, doc.Error()
}

func (p *pdf) newPage() {
	p.doc.AddPage()
	p.y = marginTop
}

// ensure begins a new page unless h points are left on this one. A page that is
// still empty is kept, however high the block.
func (p *pdf) ensure(h float64) {
	if p.y+h > bottom && p.y > marginTop {
		p.newPage()
	}
}

// gap leaves room before the next block, except at the top of a page.
func (p *pdf) gap(h float64) {
	if p.y > marginTop {
		p.y += h
	}
}

func (p *pdf) title(d Document) {
	p.paragraph(d.Title, textStyle{bold, 20, ink}, 0, textW)
	p.y += 2
	p.paragraph(d.Subtitle, textStyle{regular, bodySize, muted}, 0, textW)
	p.y += 4
}

// section writes a heading, kept together with the beginning of what follows,
// and the blocks.
func (p *pdf) section(s Section) error {
	heading := textStyle{bold, 14, ink}
	p.gap(sectionGap)
	p.ensure(heading.height() + p.headRoom(s.Blocks))
	p.doc.Bookmark(p.glyphs.text(s.Title), 0, p.y)
	if p.y > marginTop {
		p.rule(p.y-6, 0.6)
	}
	p.paragraph(s.Title, heading, 0, textW)
	for _, b := range s.Blocks {
		p.gap(blockGap)
		if err := p.block(b); err != nil {
			return err
		}
	}
	return p.doc.Error()
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
