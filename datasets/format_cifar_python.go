package datasets

import (
	"fmt"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/pickle"
)

// pythonForm is the form of CIFAR-10 or CIFAR-100 for Python: each batch is a pickled
// dictionary with an array "data" [N, 3072] of unsigned bytes, the three planes of each
// image, and a list of N integers for each kind of label.
type pythonForm struct {
	// batches are the files that correspond to those of the binary form, in the same order.
	batches []string
	// labels are the keys of the labels, in the order of the bytes of a binary record.
	labels []string
	// meta is the file with the class names, and names their key in it.
	meta, names string
}

// pythonClasses reads the class names of a pickled meta file.
func (f cifarForm) pythonClasses(data []byte) ([]string, error) {
	d, err := unpickle(data)
	if err != nil {
		return nil, err
	}
	v, ok := d.Values[f.python.names]
	if !ok {
		return nil, fmt.Errorf("it has no key %q: it is not a %s file", f.python.names, f.title)
	}
	names, err := pickle.Texts(v)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", f.python.names, err)
	}
	return expectClassNames(names, f.limits[f.label])
}

// pythonRecords converts a pickled batch to records of the binary form.
func (f cifarForm) pythonRecords(data []byte) ([]byte, error) {
	d, err := unpickle(data)
	if err != nil {
		return nil, err
	}
	a, ok := d.Values["data"].(*pickle.Array)
	if !ok {
		return nil, fmt.Errorf("its key \"data\" is %s, where an array is expected: it is no %s batch", pickle.Kind(d.Values["data"]), f.title)
	}
	pixels, err := a.Bytes()
	if err != nil {
		return nil, fmt.Errorf("key \"data\": %w", err)
	}
	const size = 3 * cifarPlane
	if len(a.Shape) != 2 || a.Shape[1] != size {
		return nil, fmt.Errorf("its array \"data\" has the shape %v, where [N %d] is expected: it is no %s batch", a.Shape, size, f.title)
	}
	n, record, labels := a.Shape[0], f.record(), len(f.limits)
	out := make([]byte, n*record)
	for i := range n {
		copy(out[i*record+labels:][:size], pixels[i*size:])
	}
	for k := range f.limits {
		if err := f.pythonLabels(d, k, n, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pythonLabels writes the labels of kind k into n records.
func (f cifarForm) pythonLabels(d *pickle.Dict, k, n int, records []byte) error {
	key := f.python.labels[k]
	v, ok := d.Values[key]
	if !ok {
		return fmt.Errorf("it has no key %q: it is no %s batch", key, f.title)
	}
	labels, err := pickle.Ints(v)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	if len(labels) != n {
		return fmt.Errorf("key %q: %d labels for %d images", key, len(labels), n)
	}
	for i, l := range labels {
		if l < 0 || l >= int64(f.limits[k]) {
			return fmt.Errorf("key %q: label %d is %d of %d classes", key, i, l, f.limits[k])
		}
		records[i*f.record()+k] = byte(l)
	}
	return nil
}

// remedy puts the next step behind an error about a file of the form for Python.
func (f cifarForm) remedy(err error) error {
	if again := content.Again(err); again == nil || again.Error() == err.Error() {
		return err
	}
	return fmt.Errorf("%w; get the whole set with \"repbench data fetch %s\", or write the file as %s for Python has it: "+
		"a pickled dictionary with the uint8 array \"data\" and lists of integers as labels", err, f.name, f.title)
}

// unpickle reads a pickled dictionary.
func unpickle(data []byte) (*pickle.Dict, error) {
	v, err := pickle.Read(data)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*pickle.Dict)
	if !ok {
		return nil, fmt.Errorf("it holds %s, where a dictionary is expected", pickle.Kind(v))
	}
	return d, nil
}
