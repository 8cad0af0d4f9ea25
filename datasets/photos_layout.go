package datasets

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/names"
	"repbench/datasets/internal/picture"
	"repbench/datasets/internal/signs"
)

// splitOf maps the folder names of splits to the splits.
var splitOf = map[string]string{
	"train": Train, "training": Train,
	"valid": Valid, "val": Valid, "validation": Valid,
	"test": Test, "extra": Extra,
}

// fileLayout describes how the files of a set are arranged.
type fileLayout struct {
	// texts are the base names of text files that assign needs; those that exist are in
	// listing.texts.
	texts []string
	// beside are the base names of other files that are read, but not through listing.
	beside []string
	// assign fills in split, class and id of each item.
	assign func(*listing) error
}

// plainLayout has folders of splits and classes, see docs/datasets.md.
var plainLayout = fileLayout{assign: func(l *listing) error {
	if err := l.assign(); err != nil {
		return err
	}
	return l.checkFolders()
}}

// maxText is the largest size of a text file of a set; words.txt of WordNet has 2.7 MB.
const maxText = 16 << 20

// item is an image of a source and its position in the set.
type item struct {
	name  string // in the source
	other string // the name in the archive, if it differs from name
	id    string // in the set; images are sorted by it
	split string
	class string // empty: without a label
}

// listing is the result of a first walk over a source.
type listing struct {
	src    archive.Source
	items  []item            // in the order of the source
	dirs   []string          // all folders
	texts  map[string][]byte // content of the layout's text files, by their names in the source
	titles map[string]string // readable names of classes; nil if there are none
	left   leftOut           // files that are not images

	signs  signs.Seen // of other forms of sets
	common int        // number of leading folders common to all images
	depth  int        // depth of the folders train, test, …; -1 if there are none
}

// list walks a source and assigns each image its split and class.
func list(ctx context.Context, src archive.Source, lay fileLayout) (*listing, error) {
	l := &listing{src: src, texts: map[string][]byte{}}
	if err := src.Walk(ctx, func(e archive.Entry) error { return l.take(e, lay) }); err != nil {
		return nil, err
	}
	if len(l.items) == 0 {
		return nil, content.Bad(src.Path(), "", "there are no JPEG, PNG or WebP images in it%s", l.signs.Next("", src.Path()))
	}
	if err := lay.assign(l); err != nil {
		return nil, err
	}
	return l, l.check()
}

// take adds a file or folder of the source to the listing.
func (l *listing) take(e archive.Entry, lay fileLayout) error {
	kind := picture.KindOf(e.Name)
	isImage := kind == picture.ReadImage
	if !e.Dir {
		l.signs.See(e.Name)
	}
	switch {
	case e.Dir && e.Link:
		return content.Bad(l.src.Path(), e.Name, "it is a link to a folder, which is followed with %s only; give that flag, or put the folder itself in its place", archive.FollowLinksFlag)
	case e.Dir:
		l.dirs = append(l.dirs, e.Name)
		return nil
	case !e.Link && slices.Contains(lay.texts, path.Base(e.Name)):
		return l.keepText(e)
	case e.Broken != "" && mayHoldImages(kind):
		return content.Bad(l.src.Path(), e.Name, "%s", e.Broken)
	case e.Special && mayHoldImages(kind):
		return content.Bad(l.src.Path(), e.Name, "it is a special file (a pipe, a device or a socket), which is not read; remove it")
	case e.Link && kind == picture.UnknownFile:
		return content.Bad(l.src.Path(), e.Name, "it is a link and cannot be entered, so a folder of images may be missing; put the folder itself in its place, or remove it")
	case e.Link && (kind == picture.ReadImage || kind == picture.OtherImage):
		return content.Bad(l.src.Path(), e.Name, "it is a link; put a copy of the image in its place")
	case kind == picture.OtherImage:
		return content.Bad(l.src.Path(), e.Name, "%v", errNotRead)
	case kind == picture.UnknownFile && !e.Link:
		var err error
		if isImage, err = looksLikeImage(e); err != nil {
			return content.BadRead(l.src.Path(), e.Name, err)
		}
	}
	switch {
	case isImage:
		return l.addImage(e)
	case !slices.Contains(lay.beside, path.Base(e.Name)):
		l.left.add(e.Name)
	}
	return nil
}

// mayHoldImages reports whether a link, by its name, could lead to an image or to a folder of
// images.
func mayHoldImages(kind picture.Kind) bool {
	return kind == picture.ReadImage || kind == picture.OtherImage || kind == picture.UnknownFile
}

// addImage adds an image to the list.
func (l *listing) addImage(e archive.Entry) error {
	if err := names.File(e); err != nil {
		return content.Bad(l.src.Path(), e.Name, "%v", err)
	}
	it := item{name: e.Name, id: e.Name}
	if !strings.HasSuffix(e.Stored, e.Name) { // saves memory if "./" precedes all names
		it.other = e.Stored
	}
	l.items = append(l.items, it)
	return nil
}

// textNames returns the names of the text files, sorted.
func (l *listing) textNames() []string { return slices.Sorted(maps.Keys(l.texts)) }

func (l *listing) keepText(e archive.Entry) error {
	data, err := e.Read(nil, maxText)
	if err != nil {
		return content.BadRead(l.src.Path(), e.Name, err)
	}
	l.texts[e.Name] = data
	return nil
}

// lineOf names a line of a text file in errors.
func lineOf(file string, n int) string { return fmt.Sprintf("%s: line %d", file, n) }

// dirsOf splits a file's name into its folders.
func dirsOf(name string) []string {
	parts := strings.Split(name, "/")
	return parts[:len(parts)-1]
}

// assign finds the depth of the split folders and fills in split and class. Without split
// folders all images are in one training split, and the classes are the folders below the
// common folders of all images.
func (l *listing) assign() error {
	l.common = l.commonDirs()
	var err error
	if l.depth, err = l.splitDepth(); err != nil {
		return err
	}
	for i := range l.items {
		it := &l.items[i]
		dirs := dirsOf(it.name)
		it.split = Train
		rest := dirs[l.common:]
		if l.depth >= 0 {
			it.split = splitOf[strings.ToLower(dirs[l.depth])]
			rest = dirs[l.depth+1:]
		}
		if len(rest) > 0 {
			it.class = rest[0]
		}
	}
	l.dropLoneImagesFolder()
	return nil
}

// commonDirs returns the number of leading folders common to all images.
func (l *listing) commonDirs() int {
	first := dirsOf(l.items[0].name)
	n := len(first)
	for _, it := range l.items[1:] {
		dirs := dirsOf(it.name)
		n = min(n, len(dirs))
		for i := range n {
			if dirs[i] != first[i] {
				n = i
				break
			}
		}
	}
	return n
}

// splitDepth returns the depth of the folders train, test, …, or -1 if there are none: the
// first depth at which the images are in different folders, if all these folders are splits, or
// the deepest common folder that is a split (an archive with train/ alone).
func (l *listing) splitDepth() (int, error) {
	odd := ""
	splits := 0
	for _, it := range l.items {
		dirs := dirsOf(it.name)
		if len(dirs) > l.common && splitOf[strings.ToLower(dirs[l.common])] != "" {
			splits++
		} else if odd == "" {
			odd = it.name
		}
	}
	if splits == len(l.items) {
		return l.common, nil
	}
	if err := l.checkDeepSplits(); err != nil {
		return 0, err
	}
	for depth := l.common - 1; depth >= 0; depth-- {
		if splitOf[strings.ToLower(dirsOf(l.items[0].name)[depth])] != "" {
			return depth, nil
		}
	}
	if splits > 0 {
		return 0, content.Bad(l.src.Path(), odd, "it lies beside folders of splits (train, test, …) but in none of them; move or remove it")
	}
	return -1, nil
}

// dropLoneImagesFolder ensures that the folder "images", if it is the only one of a split, is
// not a class: the unlabelled images of Tiny ImageNet are in such a folder.
func (l *listing) dropLoneImagesFolder() {
	other := map[string]bool{}
	for _, it := range l.items {
		if it.class != "images" {
			other[it.split] = true
		}
	}
	for i := range l.items {
		if !other[l.items[i].split] {
			l.items[i].class = ""
		}
	}
}

// check returns an error for a split with labels for some images only, and for a name that
// occurs twice.
func (l *listing) check() error {
	seen := make(map[string]int, len(l.items))
	labelled := map[string]bool{}
	for i, it := range l.items {
		if first, ok := seen[it.id]; ok {
			return content.Bad(l.src.Path(), it.stored(), "%s", it.twice(l.items[first]))
		}
		seen[it.id] = i
		has, known := labelled[it.split]
		if known && has != (it.class != "") {
			return content.Bad(l.src.Path(), it.name, "some images of %s lie in class folders and some do not", it.split)
		}
		labelled[it.split] = it.class != ""
	}
	return nil
}

// stored returns the name in the source.
func (it item) stored() string { return cmp.Or(it.other, it.name) }

// twice describes two images with the same name.
func (it item) twice(first item) string {
	if it.stored() == first.stored() {
		return "the name comes twice in the archive"
	}
	return fmt.Sprintf("it and %q are the same image of the set, %s; rename one of them", first.stored(), it.id)
}

// checkFolders returns an error for a class folder without images.
func (l *listing) checkFolders() error {
	type splitClass struct{ split, class string }
	labelled := map[string]bool{}
	full := map[splitClass]bool{}
	for _, it := range l.items {
		full[splitClass{it.split, it.class}] = true
		labelled[it.split] = labelled[it.split] || it.class != ""
	}
	for _, dir := range l.dirs {
		if split, class, ok := l.place(dir); ok && labelled[split] && !full[splitClass{split, class}] {
			return content.Bad(l.src.Path(), dir, "the class folder has no images")
		}
	}
	return nil
}

// place returns the split and the class of a folder, if it has them.
func (l *listing) place(dir string) (split, class string, ok bool) {
	parts, first := strings.Split(dir, "/"), dirsOf(l.items[0].name)
	if l.depth < 0 {
		ok = len(parts) == l.common+1 && slices.Equal(parts[:l.common], first[:l.common])
		return Train, parts[len(parts)-1], ok
	}
	if len(parts) != l.depth+2 || !slices.Equal(parts[:l.depth], first[:l.depth]) {
		return "", "", false
	}
	split = splitOf[strings.ToLower(parts[l.depth])]
	return split, parts[l.depth+1], split != ""
}

// sorted returns the indices of the items, sorted by id.
func (l *listing) sorted() []int {
	order := make([]int, len(l.items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(l.items[a].id, l.items[b].id) })
	return order
}
