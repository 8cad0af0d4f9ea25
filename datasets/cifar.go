package datasets

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The binary forms of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html):
// records of one or two label bytes and the red, green and blue planes of 32×32 pixels.
const (
	cifarSide  = 32
	cifarPlane = cifarSide * cifarSide
	// maxCIFARFile bounds a batch file; the official ones have 153,700,000 bytes
	// at most.
	maxCIFARFile = 1 << 30
	maxMetaFile  = 1 << 16
	// cifarCoarse is the variant of CIFAR-100 with the 20 superclasses.
	cifarCoarse = "coarse"
)

// cifarForm describes one of the sets in binary form.
type cifarForm struct {
	name, title string
	// batches are the official files, in their order; the last is the test set.
	batches []string
	// limits are the numbers of classes of the label bytes of a record, and label
	// says which of them is read.
	limits []int
	label  int
	// meta is the file with the class names, one a line; classes are the official
	// names, for sets without it.
	meta    string
	classes []string
}

func (f cifarForm) record() int { return len(f.limits) + 3*cifarPlane }

var cifar10 = cifarForm{
	name: nameCIFAR10, title: "CIFAR-10",
	batches: []string{
		"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
	},
	limits:  []int{10},
	meta:    "batches.meta.txt",
	classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
}

// cifar100 is CIFAR-100 with its 100 fine classes.
var cifar100 = cifarForm{
	name: nameCIFAR100, title: "CIFAR-100",
	batches: []string{"train.bin", "test.bin"},
	limits:  []int{20, 100},
	label:   1,
	meta:    "fine_label_names.txt",
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
	f.label, f.meta = 0, "coarse_label_names.txt"
	f.classes = strings.Fields(`aquatic_mammals fish flowers food_containers fruit_and_vegetables
		household_electrical_devices household_furniture insects large_carnivores large_man-made_outdoor_things
		large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people
		reptiles small_mammals trees vehicles_1 vehicles_2`)
	return f
}

// cifarPython matches the files of the forms for Python, which are pickles.
var cifarPython = regexp.MustCompile(`^(data_batch_[1-5]|test_batch|batches\.meta)$`)

// openCIFAR10 opens the binary form, or image files in folders, by what is there.
func openCIFAR10(ctx context.Context, paths []string, o Options) (*Dataset, error) {
	sources, err := openSources(paths, o)
	if err != nil {
		return nil, err
	}
	binary, err := anyCIFARBinary(ctx, sources)
	switch {
	case err != nil:
		return nil, err
	case !binary:
		return openImages(ctx, nameCIFAR10, sources, o)
	}
	return o.stored(cifar10.read(ctx, sources[0], o))
}

// planCIFAR10 lists the image files of CIFAR-10 in folders.
func planCIFAR10(ctx context.Context, sources []source, o Options) (*Plan, error) {
	binary, err := anyCIFARBinary(ctx, sources)
	if err != nil {
		return nil, err
	}
	if binary {
		return nil, fmt.Errorf("data set %s: %w; Open reads it", sourceText(sources), ErrArrays)
	}
	return planSources(ctx, nameCIFAR10, sources, plainLayout, o)
}

// anyCIFARBinary says whether the sources are the one with the binary form of
// CIFAR-10, and not images.
func anyCIFARBinary(ctx context.Context, sources []source) (bool, error) {
	for _, src := range sources {
		switch is, err := isCIFARBinary(ctx, src); {
		case err != nil:
			return false, err
		case is && len(sources) > 1:
			return false, bad(sourceText(sources), "", "the binary form of CIFAR-10 is one archive or folder; it cannot be merged with others")
		case is:
			return true, nil
		}
	}
	return false, nil
}

// isCIFARBinary looks for the first file that decides what a source is.
func isCIFARBinary(ctx context.Context, src source) (is bool, err error) {
	err = src.walk(ctx, func(e entry) error {
		base := path.Base(e.name)
		switch {
		case e.dir:
			return nil
		case slices.Contains(cifar10.batches, base):
			is = true
			return errStop
		case cifarPython.MatchString(base):
			return bad(src.path(), e.name, "it is the form of CIFAR-10 for Python; get cifar-10-binary.tar.gz")
		case kindOf(e.name) == readImage:
			return errStop
		}
		return nil
	})
	return is, err
}

// openCIFAR100 opens the archive cifar-100-binary.tar.gz or its unpacked folder.
func openCIFAR100(ctx context.Context, path string, coarse bool, o Options) (*Dataset, error) {
	src, err := o.source(path)
	if err != nil {
		return nil, err
	}
	form := cifar100
	if coarse {
		form = form.coarse()
	}
	return form.read(ctx, src, o)
}

// read reads all batches of a folder or archive. Each may have any whole number
// of records, so that a part of the set can be used.
func (f cifarForm) read(ctx context.Context, src source, o Options) (*Dataset, error) {
	task := o.Progress.Start("read", int64(len(f.batches)), "files")
	defer task.Done()
	r := cifarReader{cifarForm: f, file: src.path(), maxBytes: o.MaxBytes, files: map[string][]byte{}}
	err := src.walk(ctx, func(e entry) error {
		if e.dir || e.link {
			return nil
		}
		switch base := path.Base(e.name); {
		case base == f.meta:
			return r.readMeta(e)
		case slices.Contains(f.batches, base):
			task.Add(1)
			return r.readBatch(e, base)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range f.batches {
		if r.files[name] == nil {
			return nil, bad(src.path(), "", "the file %s is missing", name)
		}
	}
	last := len(f.batches) - 1
	return finish(&Dataset{
		Name: f.name, Source: src.path(), Classes: slices.Clone(r.classes),
		Splits: []*Split{
			f.split(Train, f.batches[:last], r.files, o.Threads),
			f.split(Test, f.batches[last:], r.files, o.Threads),
		},
	})
}

// cifarReader gathers the files of a binary form.
type cifarReader struct {
	cifarForm
	file     string // of the archive or folder
	maxBytes int64
	files    map[string][]byte // content by base name
	total    int64
}

func (r *cifarReader) readMeta(e entry) error {
	data, err := e.read(nil, maxMetaFile)
	if err == nil {
		r.classes, err = parseClassNames(data, r.limits[r.label])
	}
	if err != nil {
		return badRead(r.file, e.name, err)
	}
	return nil
}

func (r *cifarReader) readBatch(e entry, base string) error {
	if r.files[base] != nil {
		return bad(r.file, e.name, "there are two files of that name")
	}
	data, err := e.read(nil, min(maxCIFARFile, r.maxBytes))
	if err != nil {
		return badRead(r.file, e.name, err)
	}
	if r.total += int64(len(data)); r.total > r.maxBytes {
		return bad(r.file, e.name, "the set is larger than the limit of %d MB", r.maxBytes/1e6)
	}
	r.files[base] = data
	return r.check(r.file, e.name, data)
}

// parseClassNames reads the names of n classes, one a line.
func parseClassNames(data []byte, n int) ([]string, error) {
	names := strings.Fields(string(data))
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
		return bad(file, name, "the file is empty")
	}
	record := f.record()
	if rest := len(data) % record; rest != 0 {
		return bad(file, fmt.Sprintf("%s: record %d", name, len(data)/record),
			"it has %d of %d bytes: the file is truncated or no %s batch", rest, record, f.title)
	}
	for i := 0; i < len(data); i += record {
		for k, limit := range f.limits {
			if int(data[i+k]) >= limit {
				return bad(file, fmt.Sprintf("%s: record %d", name, i/record),
					"its label is %d of %d classes: the file is damaged or no %s batch", data[i+k], limit, f.title)
			}
		}
	}
	return nil
}

// split joins batches to one split. Records are numbered from 0 in each file.
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
		inParallel(threads, count, func(i int) {
			record := data[i*f.record():][:f.record()]
			part.Labels[i] = int32(record[f.label])
			part.IDs[i] = fmt.Sprintf("%s:%d", b, i)
			interleave(part.Images.At(i), record[len(f.limits):])
		})
		at += count
	}
	return s
}

// interleave turns the three planes of a record into pixels.
func interleave(dst, planes []uint8) {
	r, g, b := planes[:cifarPlane], planes[cifarPlane:][:cifarPlane], planes[2*cifarPlane:][:cifarPlane]
	for i := range cifarPlane {
		p := dst[3*i:][:3]
		p[0], p[1], p[2] = r[i], g[i], b[i]
	}
}

// inParallel calls f(0) … f(n-1) on several goroutines.
func inParallel(threads, n int, f func(i int)) {
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() {
			for i := t * n / threads; i < (t+1)*n/threads; i++ {
				f(i)
			}
		})
	}
	wg.Wait()
}
