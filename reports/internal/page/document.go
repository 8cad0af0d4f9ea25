package page

import (
	"strings"
	"unicode/utf8"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/foreign"
)

// Document is a title and sections in reading order.
type Document struct {
	Title, Subtitle string    // head of the document
	Sections        []Section // in reading order
	// Setter sets what the PDF's own fonts lack; nil sets it as "?".
	Setter *foreign.Setter
}

// Section is a heading and what stands below it.
type Section struct {
	// ID is unique in the document and made of letters, digits and hyphens.
	ID    string
	Title string // heading
	// Minor sections are left out of the contents of a long document.
	Minor  bool
	Blocks []Block // in reading order
}

// Block is Text, Callout, Tiles, Table, Facts, Figure, Pictures, Gallery or Strips.
type Block interface{ block() }

// Text is a paragraph.
type Text string

// CalloutKind says how a callout is meant.
type CalloutKind int

const (
	// Note is a caveat that helps to read the numbers.
	Note CalloutKind = iota
	// Warning is something that may make the numbers wrong.
	Warning
)

// Callout is a set of sentences that must not be overlooked.
type Callout struct {
	Kind  CalloutKind // note or warning
	Items []string    // sentences
}

// Title is the word in front of the callout.
func (c Callout) Title() string {
	if c.Kind == Warning {
		return "Warnings"
	}
	return "Notes"
}

// Tile is one number with its name and a remark.
type Tile struct {
	Label, Value, Detail string // name, number with its unit, remark
}

// Tiles are the few numbers to see first.
type Tiles []Tile

// Column is the head of a column of a table.
type Column struct {
	Title string // head of the column
	// Right aligns the column's cells on the right, for numbers.
	Right bool
}

// TableRow is one row of a table.
type TableRow struct {
	Cells []string // one per column
	// Quoted marks a row that was not measured here.
	Quoted bool
	// Strong marks a row to look at first.
	Strong bool
	// Link is the ID of the section about the row, where the form has links.
	Link string
}

// Table has a caption above it and as many cells a row as columns.
type Table struct {
	Caption string // above the table
	// Common is what all rows share; it stands in a line below the caption in place
	// of columns.
	Common  []Fact
	Columns []Column   // heads
	Rows    []TableRow // from top to bottom
}

// commonHead begins the line of what all rows share.
const commonHead = "In all rows"

// common is that line, "" for a table whose rows share nothing.
func (t Table) common() string {
	var parts []string
	for _, f := range t.Common {
		parts = append(parts, f.Key+" "+f.Value)
	}
	if len(parts) == 0 {
		return ""
	}
	return commonHead + ": " + strings.Join(parts, " · ")
}

// Fact is a name and its value.
type Fact struct {
	Key, Value string // name and text
}

// long reports whether the fact needs the full width; short ones stand two
// abreast.
func (f Fact) long() bool { return utf8.RuneCountInString(f.Value) > 34 }

// Facts is a list of names and values, with a caption above it.
type Facts struct {
	Caption string // above the list
	Items   []Fact // in reading order
}

// Figure is a drawing with its caption below it. Name is its file name without
// extension, unique in the document.
type Figure struct {
	Name, Caption string
	Drawing       figures.Figure // what is drawn
}

// Picture is one PNG of W×H pixels.
type Picture struct {
	// Name is its file name without extension, unique in the document.
	Name, Label string
	PNG         []byte // encoded image
	W, H        int    // pixels
}

// Pictures stand side by side with one caption below them; Large ones stand
// below one another in the full width.
type Pictures struct {
	Items   []Picture // in reading order
	Large   bool      // one picture per line
	Words   bool      // pictures that hold words: as wide as the text of the PDF, where high ones are cut between their rows
	Caption string    // below the pictures
}

func (Text) block()     {}
func (Callout) block()  {}
func (Tiles) block()    {}
func (Table) block()    {}
func (Facts) block()    {}
func (Figure) block()   {}
func (Pictures) block() {}
