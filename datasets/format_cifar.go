package datasets

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/picture"
	"repbench/datasets/internal/signs"
	"repbench/internal/progress"
	"repbench/internal/tasks"
)

// The two forms of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html). The
// binary form has records of one or two label bytes and the red, green and blue planes of 32×32
// pixels. The form for Python (format_cifar_python.go) is converted to such records.
const (
	cifarSide  = 32
	cifarPlane = cifarSide * cifarSide
	// maxCIFARFile limits the size of a batch file; the official ones have at most 153,700,000
	// bytes.
	maxCIFARFile = 1 << 30
	maxMetaFile  = 1 << 16
)

// cifarForm describes one of the sets.
type cifarForm struct {
	name, title string
	// batches are the official files, in their order; the last is the test set.
	batches []string
	// limits are the numbers of classes of the label bytes in a record; label is the index of
	// the one that is read.
	limits []int
	label  int
	// meta is the file with the class names, one per line; classes are the official names, for
	// sets without the file.
	meta    string
	classes []string
	// python describes the differences of the form for Python.
	python pythonForm
}

func (f cifarForm) record() int { return len(f.limits) + 3*cifarPlane }

var cifar10 = cifarForm{
	name: catalog.NameCIFAR10, title: "CIFAR-10",
	batches: []string{
		"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
	},
	limits: []int{10},
	meta:   "batches.meta.txt",
	python: pythonForm{
		batches: []string{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"},
		labels:  []string{"labels"}, meta: "batches.meta", names: "label_names",
	},
	classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
}

// cifar100 is CIFAR-100 with its 100 fine classes.
var cifar100 = cifarForm{
	name: catalog.NameCIFAR100, title: "CIFAR-100",
	batches: []string{"train.bin", "test.bin"},
	limits:  []int{20, 100},
	label:   1,
	meta:    "fine_label_names.txt",
	python: pythonForm{
		batches: []string{"train", "test"},
		labels:  []string{"coarse_labels", "fine_labels"}, meta: "meta", names: "fine_label_names",
	},
	classes: strings.Fields(`apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
		bowl boy bridge bus butterfly camel can castle caterpillar cattle
		chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
		dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
		lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
		mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
		plain plate poppy porcupine possum rabbit raccoon ray road rocket
		rose sea seal shark shrew skunk skyscraper snail snake spider
		squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
		train trout tulip turtle wardrobe whale willow_tree wolf woman worm`),
}

// coarse is CIFAR-100 with its 20 superclasses.
func (f cifarForm) coarse() cifarForm {
	f.label, f.meta, f.python.names = 0, "coarse_label_names.txt", "coarse_label_names"
	f.classes = strings.Fields(`aquatic_mammals fish flowers food_containers fruit_and_vegetables
		household_electrical_devices household_furniture insects large_carnivores large_man-made_outdoor_things
		large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people
		reptiles small_mammals trees vehicles_1 vehicles_2`)
	return f
}

// openCIFAR10 opens one of the forms with arrays, or image files in folders, depending on the
// files.
func openCIFAR10(ctx context.Context, paths []string, o Options) (*Dataset, error) {
	sources, err := openSources(paths, o)
	if err != nil {
		return nil, err
	}
	arrays, err := anyCIFARArrays(ctx, sources)
	if err != nil {
		return nil, err
	}
	if arrays {
		return o.stored(cifar10.read(ctx, sources[0], o))
	}
	p, err := planCIFARImages(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	d, err := p.open(ctx, o)
	if err != nil {
		return nil, err
	}
	d.Notes = append(d.Notes, cifar10.sideNotes(d.Splits[0].Images)...)
	return d, nil
}

// planCIFAR10 lists the image files of CIFAR-10 in folders.
func planCIFAR10(ctx context.Context, sources []archive.Source, o Options) (*Plan, error) {
	arrays, err := anyCIFARArrays(ctx, sources)
	if err != nil {
		return nil, err
	}
	if arrays {
		return nil, fmt.Errorf("data set %s: %w; Open reads it", sourceText(sources), ErrArrays)
	}
	return planCIFARImages(ctx, sources, o)
}

// planCIFARImages lists image files. They must have the ten classes, and a test split: otherwise the
// set is not CIFAR-10, and results on it would be mistaken for results on CIFAR-10.
func planCIFARImages(ctx context.Context, sources []archive.Source, o Options) (*Plan, error) {
	p, err := planSources(ctx, catalog.NameCIFAR10, sources, plainLayout, o)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{Train, Test} {
		at := slices.IndexFunc(p.Splits, func(s *Split) bool { return s.Name == name })
		what := ""
		switch {
		case at < 0:
			what = fmt.Sprintf("there are no %s images in it", name)
		case p.Splits[at].Labels == nil:
			what = fmt.Sprintf("its %s images do not lie in class folders", name)
		default:
			continue
		}
		for _, l := range p.set.lists {
			if csv := l.signs.At(signs.Kaggle); csv != "" {
				what += fmt.Sprintf(" (it is Kaggle's form, whose classes are in %s, which is not read, and whose test images have none)", csv)
			}
		}
		return nil, content.Bad(sourceText(sources), "", "%s; cifar10 has the classes in train/CLASS/… and test/CLASS/…: "+
			"get the whole set with \"repbench data fetch cifar10\", or open these images as they are with folder:%s", what, sourceText(sources))
	}
	p.Notes = append(p.Notes, cifar10.sizeNotes(p.Splits)...)
	return p, cifar10.checkClasses(sourceText(sources), p.Classes)
}

// anyCIFARArrays reports whether the single source holds the arrays of CIFAR-10 instead of
// images.
func anyCIFARArrays(ctx context.Context, sources []archive.Source) (bool, error) {
	for _, src := range sources {
		switch is, err := isCIFARArrays(ctx, src); {
		case err != nil:
			return false, err
		case is && len(sources) > 1:
			return false, content.Bad(sourceText(sources), "", "the binary form of CIFAR-10, and that for Python, is one archive or folder; it cannot be merged with others")
		case is:
			return true, nil
		}
	}
	return false, nil
}

// isCIFARArrays looks for the first file that decides the form of a source.
func isCIFARArrays(ctx context.Context, src archive.Source) (is bool, err error) {
	err = src.Walk(ctx, func(e archive.Entry) error {
		base := path.Base(e.Name)
		switch {
		case e.Dir:
			return nil
		case slices.Contains(cifar10.batches, base), slices.Contains(cifar10.python.batches, base):
			is = true
			return archive.ErrStop
		case picture.KindOf(e.Name) == picture.ReadImage:
			return archive.ErrStop
		}
		return nil
	})
	return is, err
}

// openCIFAR100 opens the archive cifar-100-binary.tar.gz or its unpacked folder.
func openCIFAR100(ctx context.Context, path string, coarse bool, o Options) (*Dataset, error) {
	src, err := archive.Open(path, o.FollowLinks)
	if err != nil {
		return nil, err
	}
	form := cifar100
	if coarse {
		form = form.coarse()
	}
	return form.read(ctx, src, o)
}

// read reads all batches of a folder or archive. Each may have any whole number of records, so
// that a part of the set can be used. If both forms exist, the binary one is read.
func (f cifarForm) read(ctx context.Context, src archive.Source, o Options) (*Dataset, error) {
	task := o.Progress.Start("read", int64(len(f.batches)), "files")
	defer task.Done()
	r := cifarReader{cifarForm: f, file: src.Path(), maxBytes: o.MaxBytes, task: task}
	var seen signs.Seen
	err := src.Walk(ctx, func(e archive.Entry) error {
		if e.Dir || e.Link {
			return nil
		}
		seen.See(e.Name)
		return r.readFile(e)
	})
	if err != nil {
		return nil, err
	}
	found := r.binary
	if found.files == nil && r.python.files != nil {
		found = r.python
	}
	for i, name := range f.batches {
		if found.files[name] != nil {
			continue
		}
		if r.python.files != nil && r.binary.files == nil {
			name = f.python.batches[i]
		}
		return nil, content.Bad(src.Path(), "", "the file %s is missing%s", name, seen.Next(f.name, src.Path()))
	}
	classes := f.classes
	if found.classes != nil {
		classes = found.classes
	}
	last := len(f.batches) - 1
	d, err := finish(&Dataset{
		Name: f.name, Source: src.Path(), Classes: slices.Clone(classes),
		Splits: []*Split{
			f.split(Train, f.batches[:last], found.files, o.Threads),
			f.split(Test, f.batches[last:], found.files, o.Threads),
		},
	})
	if err != nil {
		return nil, err
	}
	d.Notes = append(d.Notes, f.sizeNotes(d.Splits)...)
	return d, f.checkClasses(src.Path(), d.Classes)
}

// cifarReader collects the files of both forms.
type cifarReader struct {
	cifarForm
	file     string // of the archive or folder
	maxBytes int64
	task     progress.Task
	total    int64
	binary   cifarContent
	python   cifarContent
}

// cifarContent is the content of one form.
type cifarContent struct {
	files   map[string][]byte // records by the file names of the binary form
	classes []string          // nil: the official names
}

// readFile reads a file that belongs to one of the forms.
func (r *cifarReader) readFile(e archive.Entry) error {
	base := path.Base(e.Name)
	switch {
	case base == r.meta:
		return r.readMeta(e, &r.binary, func(data []byte) ([]string, error) { return parseClassNames(data, r.limits[r.label]) })
	case slices.Contains(r.batches, base):
		return r.readBatch(e, base, &r.binary, nil)
	case r.binary.files != nil: // the form for Python is not needed
		return nil
	case base == r.cifarForm.python.meta:
		return r.readMeta(e, &r.python, func(data []byte) ([]string, error) {
			names, err := r.pythonClasses(data)
			return names, r.remedy(err)
		})
	}
	if i := slices.Index(r.cifarForm.python.batches, base); i >= 0 {
		return r.readBatch(e, r.batches[i], &r.python, func(data []byte) ([]byte, error) {
			records, err := r.pythonRecords(data)
			return records, r.remedy(err)
		})
	}
	return nil
}

func (r *cifarReader) readMeta(e archive.Entry, into *cifarContent, parse func([]byte) ([]string, error)) error {
	data, err := e.Read(nil, maxMetaFile)
	if err == nil {
		into.classes, err = parse(data)
	}
	if err != nil {
		return content.BadData(r.file, e.Name, data, err)
	}
	return nil
}

// readBatch reads a batch file under its name in the binary form. If records is not nil, it
// converts the content to records.
func (r *cifarReader) readBatch(e archive.Entry, name string, into *cifarContent, records func([]byte) ([]byte, error)) error {
	r.task.Add(1)
	if into.files[name] != nil {
		return content.Bad(r.file, e.Name, "there are two files of that name")
	}
	data, err := e.Read(nil, min(maxCIFARFile, r.maxBytes))
	if err != nil {
		return content.BadRead(r.file, e.Name, err)
	}
	raw := data
	if records != nil {
		if data, err = records(raw); err != nil {
			return content.BadData(r.file, e.Name, raw, err)
		}
	}
	if r.total += int64(len(data)); r.total > r.maxBytes {
		return content.Bad(r.file, e.Name, "the set is larger than the limit of %d MB", r.maxBytes/1e6)
	}
	if into.files == nil {
		into.files = map[string][]byte{}
	}
	into.files[name] = data
	if err := r.check(r.file, e.Name, data); err != nil {
		return content.InsteadOf(r.file, e.Name, raw, err)
	}
	return nil
}

// parseClassNames reads the names of n classes, one per line.
func parseClassNames(data []byte, n int) ([]string, error) {
	return expectClassNames(strings.Fields(string(data)), n)
}

// expectClassNames returns an error if there are not n names, or if two are equal.
func expectClassNames(names []string, n int) ([]string, error) {
	if len(names) != n {
		return nil, fmt.Errorf("%d class names where %d are expected", len(names), n)
	}
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return nil, fmt.Errorf("the class %q comes twice", n)
		}
	}
	return names, nil
}

// check checks the length and the labels of one batch.
func (f cifarForm) check(file, name string, data []byte) error {
	if len(data) == 0 {
		return content.Bad(file, name, "the file is empty")
	}
	record := f.record()
	if rest := len(data) % record; rest != 0 {
		return content.Bad(file, fmt.Sprintf("%s: record %d", name, len(data)/record),
			"it has %d of %d bytes: the file is truncated or no %s batch; copy or download it again", rest, record, f.title)
	}
	for i := 0; i < len(data); i += record {
		for k, limit := range f.limits {
			if int(data[i+k]) >= limit {
				return content.Bad(file, fmt.Sprintf("%s: record %d", name, i/record),
					"its label is %d of %d classes: the file is damaged or no %s batch; copy or download it again", data[i+k], limit, f.title)
			}
		}
	}
	return nil
}

// split joins batches into one split. Records are numbered from 0 in each file.
func (f cifarForm) split(name string, batches []string, files map[string][]byte, threads int) *Split {
	n := 0
	for _, b := range batches {
		n += len(files[b]) / f.record()
	}
	s := &Split{
		Name:   name,
		Images: Images{Data: make([]uint8, n*3*cifarPlane), N: n, H: cifarSide, W: cifarSide, C: 3},
		Labels: make([]int32, n),
		IDs:    make([]string, n),
	}
	at := 0
	for _, b := range batches {
		data := files[b]
		count := len(data) / f.record()
		part := Split{Images: s.Images.Slice(at, at+count), Labels: s.Labels[at:], IDs: s.IDs[at:]}
		tasks.Do(threads, count, func(_, i int) {
			record := data[i*f.record():][:f.record()]
			part.Labels[i] = int32(record[f.label])
			part.IDs[i] = fmt.Sprintf("%s:%d", b, i)
			interleave(part.Images.At(i), record[len(f.limits):])
		})
		at += count
	}
	return s
}

// interleave converts the three planes of a record to pixels.
func interleave(dst, planes []uint8) {
	r, g, b := planes[:cifarPlane], planes[cifarPlane:][:cifarPlane], planes[2*cifarPlane:][:cifarPlane]
	for i := range cifarPlane {
		p := dst[3*i:][:3]
		p[0], p[1], p[2] = r[i], g[i], b[i]
	}
}
