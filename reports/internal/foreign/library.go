package foreign

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/fontscan"
)

// Limits of what is read: bytes of a font file, font files, and fonts in a collection.
const (
	mostBytes   = 128 << 20
	mostFiles   = 10_000
	mostInFiles = 64
)

// Folders are the folders of this system that hold fonts.
func Folders() []string {
	dirs, err := fontscan.DefaultFontDirectories(log.New(io.Discard, "", 0))
	if err != nil {
		return nil // there is none
	}
	return dirs
}

// Library is the fonts of some folders. They are read when a text needs them.
type Library struct {
	folders []string
	scanned bool
	entries []*entry
	skipped []string
}

// Open is the library of the fonts in these folders and in their subfolders.
func Open(folders []string) *Library { return &Library{folders: folders} }

// Skipped says which font files could not be used, so far, and why.
func (l *Library) Skipped() []string { return l.skipped }

// skip leaves out a file.
func (l *Library) skip(path string, err error) {
	l.skipped = append(l.skipped, fmt.Sprintf("%s: %v", path, err))
}

// fonts are the entries, the ones to be taken first in front.
func (l *Library) fonts() []*entry {
	if l.scanned {
		return l.entries
	}
	l.scanned = true
	for _, path := range files(l.folders) {
		found, err := describe(path)
		if err != nil {
			l.skip(path, err)
		}
		l.entries = append(l.entries, found...)
	}
	slices.SortStableFunc(l.entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(filepath.Base(a.path), filepath.Base(b.path)),
			cmp.Compare(a.path, b.path), cmp.Compare(a.index, b.index))
	})
	return l.entries
}

// files are the font files of the folders in the order of their paths, each once.
func files(folders []string) []string {
	var out []string
	for _, dir := range folders {
		// A folder that cannot be read has no fonts; others may have some.
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch strings.ToLower(filepath.Ext(path)) {
			case ".ttf", ".otf", ".ttc", ".otc":
				if err == nil && !d.IsDir() && len(out) < mostFiles {
					out = append(out, path)
				}
			}
			return nil
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entry is one font of a file.
type entry struct {
	path  string
	index int // in the file
	name  string
	rank  int // the least is taken first
	bad   bool
	cmap  font.Cmap // nil until it was read
}

// describe lists the fonts of a file without reading their glyphs.
func describe(path string) (out []*entry, err error) {
	err = withLoaders(path, func(lds []*opentype.Loader) error {
		for i, ld := range lds {
			d, _ := font.Describe(ld, nil)
			variable := ld.HasTable(opentype.MustNewTag("fvar"))
			out = append(out, &entry{path: path, index: i, name: d.Family, rank: rank(d, variable, path)})
		}
		return nil
	})
	return out, err
}

// rank is 0 for an upright font without serifs of normal weight and width, more for
// others. The weight of a variable font is chosen.
func rank(d font.Description, variable bool, path string) int {
	r := 0
	if d.Aspect.Style != font.StyleNormal || d.Aspect.Stretch != font.StretchNormal {
		r += 4
	}
	if w := d.Aspect.Weight; !variable && (w < 350 || w > 450) {
		r += 2
	}
	name := strings.ToLower(d.Family + " " + filepath.Base(path))
	if !strings.Contains(name, "sans") {
		r++
	}
	if strings.Contains(name, "mono") {
		r += 8
	}
	return r
}

// withLoaders opens a font file for use. Whatever goes wrong inside is an error, a panic
// on a damaged file included.
func withLoaders(path string, use func([]*opentype.Loader) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the font is damaged: %v", p)
		}
	}()
	if strings.Contains(strings.ToLower(filepath.Base(path)), "lastresort") {
		return fmt.Errorf("it shows boxes in the place of characters")
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("it is not a file")
	case info.Size() > mostBytes:
		return fmt.Errorf("it has %d bytes, more than %d", info.Size(), mostBytes)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := checkTables(f, info.Size()); err != nil {
		return err
	}
	lds, err := opentype.NewLoaders(f)
	if err != nil {
		return err
	}
	return use(lds)
}
