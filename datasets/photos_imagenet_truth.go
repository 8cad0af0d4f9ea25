package datasets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/mat5"
)

// The files with the classes of ImageNet's validation images.
const (
	truthNumbers = "ILSVRC2012_validation_ground_truth.txt" // of the development kit: class numbers, one per line
	truthMeta    = "meta.mat"                               // of the development kit: the class of each number
	truthSynsets = "LOC_synset_mapping.txt"                 // readable names
)

// truthDocuments are the files that are looked for next to the images, the simplest first: of
// Kaggle's edition, of the TensorFlow models, of Caffe, and the development kit.
var truthDocuments = []string{
	"LOC_val_solution.csv", "imagenet_2012_validation_synset_labels.txt", "val.txt",
	"ILSVRC2012_devkit_t12.tar.gz", "ILSVRC2012_devkit_t12",
}

var imagenetTexts = []string{truthNumbers, truthMeta, truthSynsets, "LOC_val_solution.csv", "imagenet_2012_validation_synset_labels.txt", "val.txt"}

// imagenetClasses is the number of classes of ImageNet-1k.
const imagenetClasses = 1000

// isTruthName reports whether a file given by the user defines classes.
func isTruthName(base string) bool {
	ext := path.Ext(base)
	return ext == ".txt" || ext == ".csv" || strings.HasPrefix(base, "ILSVRC2012_devkit")
}

func truthsIn(dir string) []string {
	return present(dir, append(slices.Clone(truthDocuments), truthSynsets))
}

// imagenetTruth holds the classes of the validation images.
type imagenetTruth struct {
	classes map[int]string // by the number of the image; nil: unknown
	titles  map[string]string
	synsets map[int]string // of the development kit: class by number
	numbers []byte         // of the development kit: the numbers of the images
	from    string
	train   []string // sorted classes of the training images listed so far
}

// load reads the first file that defines the classes, if an image needs it, and readable names
// if there are any.
func (t *imagenetTruth) load(ctx context.Context, l *listing, files []string) error {
	t.train = mergeSorted(t.train, l.trainClasses())
	for _, name := range l.textNames() {
		if err := t.take(filepath.Join(l.src.Path(), name), l.texts[name], l); err != nil {
			return err
		}
	}
	for _, f := range files {
		if t.classes != nil && filepath.Base(f) != truthSynsets {
			continue
		}
		if err := t.loadFile(ctx, f, l); err != nil {
			return err
		}
	}
	return t.join(l)
}

// loadFile reads a text file, or a development kit.
func (t *imagenetTruth) loadFile(ctx context.Context, file string, l *listing) error {
	if ext := path.Ext(file); ext == ".txt" || ext == ".csv" {
		text, err := readText(file)
		if err != nil {
			return err
		}
		return t.take(file, text, l)
	}
	src, err := archive.Open(file, false)
	if err != nil {
		return err
	}
	return src.Walk(ctx, func(e archive.Entry) error {
		if base := path.Base(e.Name); e.Dir || e.Link || base != truthNumbers && base != truthMeta {
			return nil
		}
		data, err := e.Read(nil, maxText)
		if err != nil {
			return content.BadRead(file, e.Name, err)
		}
		return t.take(filepath.Join(file, e.Name), data, l)
	})
}

// take reads one file.
func (t *imagenetTruth) take(file string, data []byte, l *listing) (err error) {
	switch path.Base(filepath.ToSlash(file)) {
	case truthNumbers:
		t.numbers, t.from = data, file
	case truthMeta:
		t.synsets, t.titles, err = parseSynsets(bytes.NewReader(data), int64(len(data)))
	case truthSynsets:
		t.titles = parseTitles(data)
	default:
		if t.classes == nil && l.needsTruth() {
			t.classes, err = parseTruth(data, t.train)
			t.from = file
		}
	}
	if err != nil {
		return content.BadRead(file, "", err)
	}
	return nil
}

// mergeSorted returns the sorted union of a and b.
func mergeSorted(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// join combines the two files of the development kit.
func (t *imagenetTruth) join(l *listing) (err error) {
	if t.classes != nil || t.numbers == nil || !l.needsTruth() {
		return nil
	}
	if t.synsets == nil {
		return content.Bad(t.from, "", "its numbers need the file meta.mat of the development kit; put it beside it")
	}
	t.classes = map[int]string{}
	for n, fields := range textLines(t.numbers) {
		id, err := strconv.Atoi(fields[0])
		if err != nil || t.synsets[id] == "" {
			return content.Bad(t.from, fmt.Sprintf("line %d", n), "%q is no number of a class of meta.mat", fields[0])
		}
		t.classes[n] = t.synsets[id]
	}
	return nil
}

// class returns the class of the validation image with these digits in its name.
func (t *imagenetTruth) class(digits string) (string, error) {
	if t.classes == nil {
		return "", fmt.Errorf("nothing says its class; put ILSVRC2012_devkit_t12.tar.gz, LOC_val_solution.csv "+
			"or a text file val.txt with lines \"ILSVRC2012_val_%s.JPEG n01440764\" beside it, or give it among the paths", digits)
	}
	n, err := strconv.Atoi(digits)
	if err != nil || t.classes[n] == "" {
		return "", fmt.Errorf("%s does not give its class", t.from)
	}
	return t.classes[n], nil
}

// parseTruth reads the classes of the validation images from text: one class per line in the
// order of the images, or lines of an image and its class, with anything after it (Kaggle's
// boxes). A class is a WordNet number, or its position, from 0, among the thousand sorted
// classes of the training images (Caffe's val.txt).
func parseTruth(text []byte, train []string) (map[int]string, error) {
	classes := map[int]string{}
	for n, fields := range textLines(text) {
		if n == 1 && fields[0] == "ImageId" { // a heading
			continue
		}
		number, class := n, fields[0]
		if len(fields) > 1 {
			if number, class = valNumber(fields[0]), fields[1]; number == 0 {
				return nil, fmt.Errorf("line %d: %q is no validation image", n, fields[0])
			}
		}
		if !wnidFolder.MatchString(class) {
			var err error
			if class, err = classAt(class, train, len(fields)); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		}
		if classes[number] != "" && classes[number] != class {
			return nil, fmt.Errorf("line %d: image %d has the class %s and before %s", n, number, class, classes[number])
		}
		classes[number] = class
	}
	return classes, nil
}

// classAt returns the class at a position given as text.
func classAt(place string, train []string, fields int) (string, error) {
	i, err := strconv.Atoi(place)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no class; expected are numbers of WordNet such as n01440764", place)
	case fields < 2:
		return "", errors.New("numbers without the names of the images are those of the development kit; " +
			"name the file " + truthNumbers + " and put meta.mat beside it, or give ILSVRC2012_devkit_t12.tar.gz")
	case len(train) != imagenetClasses:
		return "", fmt.Errorf("the number %d is a place among %d sorted classes, but the training images before it have %d; give the training images first, or use numbers of WordNet",
			i, imagenetClasses, len(train))
	case i < 0 || i >= len(train):
		return "", fmt.Errorf("the class is %d of %d", i, len(train))
	}
	return train[i], nil
}

// parseSynsets reads the variable synsets of the development kit's meta.mat: the
// number of each class of the challenge, its number in WordNet, and its names.
func parseSynsets(r io.Reader, size int64) (ids map[int]string, titles map[string]string, err error) {
	m, err := mat5.NewReader(r, size)
	if err != nil {
		return nil, nil, err
	}
	for {
		a, err := m.Next()
		if err == io.EOF {
			return nil, nil, errors.New("there is no structure synsets in it: it is no file of the development kit")
		}
		if err != nil {
			return nil, nil, err
		}
		if a.Name == "synsets" && a.Class == mat5.Struct {
			return readSynsets(a)
		}
	}
}

func readSynsets(a *mat5.Array) (ids map[int]string, titles map[string]string, err error) {
	ids, titles = map[int]string{}, map[string]string{}
	for range a.Len() {
		id, wnid, words, err := readSynset(a)
		if err != nil {
			return nil, nil, fmt.Errorf("synsets: %w", err)
		}
		ids[id], titles[wnid] = wnid, words
	}
	return ids, titles, nil
}

// readSynset reads the fields of one class.
func readSynset(a *mat5.Array) (id int, wnid, words string, err error) {
	for range a.Fields() {
		name, field, err := a.NextField()
		if err != nil {
			return 0, "", "", err
		}
		switch name {
		case "ILSVRC2012_ID":
			var v []float64
			if v, err = field.Numbers(); err == nil && len(v) != 1 {
				err = fmt.Errorf("%s has %d values", name, len(v))
			}
			if err == nil {
				id = int(v[0])
			}
		case "WNID":
			wnid, err = field.Text()
		case "words":
			words, err = field.Text()
		}
		if err != nil {
			return 0, "", "", err
		}
	}
	if !wnidFolder.MatchString(wnid) {
		return 0, "", "", fmt.Errorf("%q is no number of WordNet", wnid)
	}
	return id, wnid, words, nil
}
