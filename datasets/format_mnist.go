package datasets

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/signs"
)

// idxSet is a set in MNIST's form: per split an idx file of images and an idx file of labels.
type idxSet struct {
	// name is the set's name, key the first word of its specification.
	name, key string
	classes   []string
	// first is the label of the first class.
	first int
	// transposed reports that the images are stored by columns.
	transposed bool
	// folder is the folder in which other programs put the set.
	folder string
	parts  []idxPart
}

// idxPart holds the stems of the file names of a split, see idxFiles.
type idxPart struct{ split, images, labels string }

// mnistSet is MNIST. Fashion-MNIST and KMNIST have the same form.
var mnistSet = idxSet{
	name: catalog.NameMNIST, key: catalog.NameMNIST, classes: strings.Split("0123456789", ""), folder: "MNIST",
	parts: []idxPart{
		{Train, "train-images", "train-labels"},
		{Test, "t10k-images", "t10k-labels"},
	},
}

// emnistSet returns one split of EMNIST. Its images are stored by columns. The classes of
// byclass are digits, capitals and small letters. In bymerge and balanced, small letters that
// look like their capitals share a class with them. In letters, small and capital letters share
// a class, and labels start at 1.
func emnistSet(split string) idxSet {
	const digits, capitals = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	stem := "emnist-" + split
	m := idxSet{
		name: catalog.NameEMNIST + ":" + split, key: catalog.NameEMNIST, transposed: true, folder: "EMNIST",
		parts: []idxPart{
			{Train, stem + "-train-images", stem + "-train-labels"},
			{Test, stem + "-test-images", stem + "-test-labels"},
		},
	}
	classes := digits // of digits and mnist
	switch split {
	case "letters":
		classes, m.first = capitals, 1
	case "byclass":
		classes = digits + capitals + strings.ToLower(capitals)
	case "bymerge", "balanced":
		classes = digits + capitals + "abdefghnqrt"
	}
	m.classes = strings.Split(classes, "")
	return m
}

// open reads the four files, gzipped or not, from any subfolder of a folder or archive.
func (m idxSet) open(ctx context.Context, path string, o Options) (*Dataset, error) {
	src, err := archive.Open(path, o.FollowLinks)
	if err != nil {
		return nil, err
	}
	task := o.Progress.Start("read", int64(2*len(m.parts)), "files")
	defer task.Done()
	chosen, err := m.choose(ctx, src)
	if err != nil {
		return nil, err
	}
	r := idxReader{idxSet: m, file: src.Path(), images: map[string]Images{}, labels: map[string][]byte{}}
	if err := src.Walk(ctx, func(e archive.Entry) error {
		part, ok := chosen[e.Name]
		if !ok || e.Dir {
			return nil
		}
		task.Add(1)
		return r.take(e, part)
	}); err != nil {
		return nil, err
	}
	d := &Dataset{Name: m.name, Source: src.Path(), Classes: slices.Clone(m.classes)}
	for _, p := range m.parts {
		s, err := r.split(p, chosen)
		if err != nil {
			return nil, err
		}
		d.Splits = append(d.Splits, s)
	}
	a, b := d.Splits[0].Images, d.Splits[1].Images
	if a.H != b.H || a.W != b.W {
		return nil, content.Bad(src.Path(), "", "the training images have %d×%d pixels and the test images %d×%d: the files are of two sets; put those of one there", a.W, a.H, b.W, b.H)
	}
	return finish(d)
}

// idxFiles returns the spellings of a file's name, train-images-idx3-ubyte and
// train-images.idx3-ubyte with and without .gz, in the order of preference.
func idxFiles(stem string, ndim int) []string {
	var out []string
	for _, sep := range []string{"-", "."} {
		for _, ext := range []string{".gz", ""} {
			out = append(out, fmt.Sprintf("%s%sidx%d-ubyte%s", stem, sep, ndim, ext))
		}
	}
	return out
}

// stems returns the stems of all files with their numbers of dimensions.
func (m idxSet) stems() map[string]int {
	out := map[string]int{}
	for _, p := range m.parts {
		out[p.images], out[p.labels] = 3, 1
	}
	return out
}

// choose finds the folder of the source with the files, and returns the stem for the name of
// each file to read.
func (m idxSet) choose(ctx context.Context, src archive.Source) (map[string]string, error) {
	known := map[string]bool{}
	for stem, ndim := range m.stems() {
		for _, name := range idxFiles(stem, ndim) {
			known[name] = true
		}
	}
	var seen signs.Seen
	found := map[string]map[string]bool{} // names by folder
	if err := src.Walk(ctx, func(e archive.Entry) error {
		if e.Dir || e.Link {
			return nil
		}
		seen.See(e.Name)
		dir, base := path.Split(e.Name)
		if known[base] {
			if found[dir] == nil {
				found[dir] = map[string]bool{}
			}
			found[dir][base] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	dir, err := m.folderOf(src, found)
	if err != nil {
		return nil, err
	}
	chosen := map[string]string{}
	for _, p := range m.parts {
		for _, stem := range []string{p.images, p.labels} {
			ndim := m.stems()[stem]
			i := slices.IndexFunc(idxFiles(stem, ndim), func(name string) bool { return found[dir][name] })
			if i < 0 {
				return nil, content.Bad(path.Join(src.Path(), dir), "", "the file %s is missing%s", idxFiles(stem, ndim)[0], m.next(&seen, src.Path()))
			}
			chosen[dir+idxFiles(stem, ndim)[i]] = stem
		}
	}
	return chosen, nil
}

// next says what is there in place of the set, and what to do with it, to be put behind
// an error; empty where nothing is known.
func (m idxSet) next(seen *signs.Seen, path string) string {
	others := slices.DeleteFunc(seen.EMNIST(), func(split string) bool { return catalog.NameEMNIST+":"+split == m.name })
	if m.key != catalog.NameEMNIST || len(others) == 0 {
		return seen.Next(m.key, path)
	}
	return fmt.Sprintf("; of EMNIST's splits there are files of %s: open one as %s:%s=%s, or put the missing file there",
		strings.Join(others, ", "), m.key, others[0], path)
}

// folderOf chooses among the folders that hold files of the set: the one with the most
// files; of several the uppermost; of several of these the one in the folder that is
// named after the set.
func (m idxSet) folderOf(src archive.Source, found map[string]map[string]bool) (string, error) {
	best, most := []string{""}, 0
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		n := 0 // number of different files
		for stem, ndim := range m.stems() {
			if slices.ContainsFunc(idxFiles(stem, ndim), func(name string) bool { return found[dir][name] }) {
				n++
			}
		}
		depth := func(dir string) int { return strings.Count(dir, "/") }
		switch {
		case n > most || n == most && depth(dir) < depth(best[0]):
			best, most = []string{dir}, n
		case n == most && depth(dir) == depth(best[0]):
			best = append(best, dir)
		}
	}
	if len(best) > 1 {
		named := slices.DeleteFunc(slices.Clone(best), func(dir string) bool {
			return !slices.Contains(strings.Split(dir, "/"), m.folder)
		})
		if len(named) != 1 {
			return "", content.Bad(src.Path(), "", "several sets in this form are in it: %s; give the folder of one, as in %s=%s",
				strings.Join(best, ", "), m.name, path.Join(src.Path(), best[0]))
		}
		best = named
	}
	return best[0], nil
}

// idxReader collects the content of the files, by stem.
type idxReader struct {
	idxSet
	file   string // of the folder or archive
	images map[string]Images
	labels map[string][]byte
}

// take reads a file.
func (r *idxReader) take(e archive.Entry, stem string) error {
	if r.images[stem].Data != nil || r.labels[stem] != nil {
		return content.Bad(r.file, e.Name, "the name comes twice in the archive")
	}
	in, _, err := e.Open()
	if err != nil {
		return content.BadRead(r.file, e.Name, err)
	}
	defer in.Close()
	ndim := r.stems()[stem]
	dims, data, err := parseIDX(in, ndim)
	if err = content.Again(err); err != nil {
		if f, ok := in.(*os.File); ok { // of a folder
			return content.BadFile(f, f.Name(), err)
		}
		return content.BadRead(r.file, e.Name, err)
	}
	if ndim == 1 {
		r.labels[stem] = data
		return nil
	}
	im := Images{Data: data, N: dims[0], H: dims[1], W: dims[2], C: 1}
	if r.transposed {
		im = transpose(im)
	}
	r.images[stem] = im
	return nil
}

// transpose exchanges rows and columns of images with one channel.
func transpose(im Images) Images {
	out := Images{Data: make([]uint8, len(im.Data)), N: im.N, H: im.W, W: im.H, C: 1}
	for i := range im.N {
		from, to := im.At(i), out.At(i)
		for y := range im.H {
			for x, v := range from[y*im.W:][:im.W] {
				to[x*out.W+y] = v
			}
		}
	}
	return out
}

// split builds a split from the chosen files.
func (r *idxReader) split(p idxPart, chosen map[string]string) (*Split, error) {
	var imageFile, labelFile string
	for file, stem := range chosen {
		switch stem {
		case p.images:
			imageFile = file
		case p.labels:
			labelFile = file
		}
	}
	im, labels := r.images[p.images], r.labels[p.labels]
	if im.Data == nil || labels == nil {
		return nil, content.Bad(r.file, imageFile, "the files changed while they were read")
	}
	if len(labels) != im.N {
		return nil, content.Bad(r.file, labelFile, "it has %d labels, but %s has %d images: one of the two is of another set or damaged; copy or download both again", len(labels), imageFile, im.N)
	}
	s := &Split{Name: p.split, Images: im}
	stem := strings.TrimSuffix(path.Base(imageFile), ".gz")
	for i, l := range labels {
		class := int(l) - r.first
		if class < 0 || class >= len(r.classes) {
			return nil, content.Bad(r.file, fmt.Sprintf("%s: record %d", labelFile, i), "the label is %d of %d classes%s: the file is damaged or of another set; copy or download it again",
				l, len(r.classes), r.labelRange())
		}
		s.Labels = append(s.Labels, int32(class))
		s.IDs = append(s.IDs, fmt.Sprintf("%s:%d", stem, i))
	}
	return s, nil
}

// labelRange describes the labels, if they do not begin with 0.
func (m idxSet) labelRange() string {
	if m.first == 0 {
		return ""
	}
	return fmt.Sprintf(", which are %d … %d", m.first, m.first+len(m.classes)-1)
}
