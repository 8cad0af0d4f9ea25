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

// The binary form of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html):
// records of one label byte and the red, green and blue planes of 32×32 pixels.
const (
	cifarSide    = 32
	cifarPlane   = cifarSide * cifarSide
	cifarRecord  = 1 + 3*cifarPlane
	cifarClasses = 10
	cifarMeta    = "batches.meta.txt"
	// maxCIFARFile bounds a batch file; the official ones have 30,730,000 bytes.
	maxCIFARFile = 1 << 30
	maxMetaFile  = 1 << 16
)

// cifarNames are the official class names, for folders without batches.meta.txt.
var cifarNames = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// cifarBatches are the files of the official set, in their order.
var cifarBatches = []string{
	"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
}

// cifarPython matches the files of the form for Python, which are pickles.
var cifarPython = regexp.MustCompile(`^(data_batch_[1-5]|test_batch|batches\.meta)$`)

// openCIFAR10 opens the binary form, or image files in folders, by what is there.
func openCIFAR10(ctx context.Context, paths []string, o Options) (*Dataset, error) {
	var sources []source
	binary := 0
	for _, p := range paths {
		src, err := openSource(p)
		if err != nil {
			return nil, err
		}
		is, err := isCIFARBinary(ctx, src)
		if err != nil {
			return nil, err
		}
		if is {
			binary++
		}
		sources = append(sources, src)
	}
	switch {
	case binary == 0:
		return openImages(ctx, nameCIFAR10, sources, o)
	case len(sources) > 1:
		return nil, bad(sourceText(sources), "", "the binary form of CIFAR-10 is one archive or folder; it cannot be merged with others")
	}
	return readCIFARBinary(ctx, sources[0], o)
}

// isCIFARBinary looks for the first file that decides what a source is.
func isCIFARBinary(ctx context.Context, src source) (is bool, err error) {
	err = src.walk(ctx, func(e entry) error {
		base := path.Base(e.name)
		switch {
		case e.dir:
			return nil
		case slices.Contains(cifarBatches, base):
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

// readCIFARBinary reads all batches of a folder or archive. Each may have any
// whole number of records, so that a part of the set can be used.
func readCIFARBinary(ctx context.Context, src source, o Options) (*Dataset, error) {
	task := o.Progress.Start("read", int64(len(cifarBatches)), "files")
	defer task.Done()
	r := cifarReader{file: src.path(), maxBytes: o.MaxBytes, classes: slices.Clone(cifarNames), files: map[string][]byte{}}
	err := src.walk(ctx, func(e entry) error {
		if e.dir || e.link {
			return nil
		}
		switch base := path.Base(e.name); {
		case base == cifarMeta:
			return r.meta(e)
		case slices.Contains(cifarBatches, base):
			task.Add(1)
			return r.batch(e, base)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range cifarBatches {
		if r.files[name] == nil {
			return nil, bad(src.path(), "", "the file %s is missing", name)
		}
	}
	last := len(cifarBatches) - 1
	return finish(&Dataset{
		Name: nameCIFAR10, Source: src.path(), Classes: r.classes,
		Splits: []*Split{
			cifarSplit(Train, cifarBatches[:last], r.files, o.Threads),
			cifarSplit(Test, cifarBatches[last:], r.files, o.Threads),
		},
	})
}

// cifarReader gathers the files of the binary form.
type cifarReader struct {
	file     string // of the archive or folder
	maxBytes int64
	classes  []string
	files    map[string][]byte // content by base name
	total    int64
}

func (r *cifarReader) meta(e entry) error {
	data, err := e.read(nil, maxMetaFile)
	if err == nil {
		r.classes, err = parseCIFARMeta(data)
	}
	if err != nil {
		return badRead(r.file, e.name, err)
	}
	return nil
}

func (r *cifarReader) batch(e entry, base string) error {
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
	return checkCIFARBatch(r.file, e.name, data)
}

// parseCIFARMeta reads the ten class names, one a line.
func parseCIFARMeta(data []byte) ([]string, error) {
	names := strings.Fields(string(data))
	if len(names) != cifarClasses {
		return nil, fmt.Errorf("%d class names where %d are expected", len(names), cifarClasses)
	}
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return nil, fmt.Errorf("the class %q comes twice", n)
		}
	}
	return names, nil
}

// checkCIFARBatch checks the length and the labels of one batch.
func checkCIFARBatch(file, name string, data []byte) error {
	if len(data) == 0 {
		return bad(file, name, "the file is empty")
	}
	if rest := len(data) % cifarRecord; rest != 0 {
		return bad(file, fmt.Sprintf("%s: record %d", name, len(data)/cifarRecord),
			"it has %d of %d bytes: the file is truncated or no CIFAR-10 batch", rest, cifarRecord)
	}
	for i := 0; i < len(data); i += cifarRecord {
		if data[i] >= cifarClasses {
			return bad(file, fmt.Sprintf("%s: record %d", name, i/cifarRecord),
				"its label is %d of %d classes: the file is damaged or no CIFAR-10 batch", data[i], cifarClasses)
		}
	}
	return nil
}

// cifarSplit joins batches to one split. Records are numbered from 0 in each file.
func cifarSplit(name string, batches []string, files map[string][]byte, threads int) *Split {
	n := 0
	for _, b := range batches {
		n += len(files[b]) / cifarRecord
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
		count := len(data) / cifarRecord
		part := Split{Images: s.Images.Slice(at, at+count), Labels: s.Labels[at:], IDs: s.IDs[at:]}
		inParallel(threads, count, func(i int) {
			record := data[i*cifarRecord:][:cifarRecord]
			part.Labels[i] = int32(record[0])
			part.IDs[i] = fmt.Sprintf("%s:%d", b, i)
			interleave(part.Images.At(i), record[1:])
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
