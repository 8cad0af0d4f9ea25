package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/datatest"
)

// pickler writes pickles like Python 2's cPickle with protocol 2.
type pickler struct{ bytes.Buffer }

func (p *pickler) text(s string) {
	p.WriteByte('T')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	p.WriteString(s)
}

func (p *pickler) integer(n int) {
	p.WriteByte('J')
	p.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(n))))
}

// array writes bytes as an array of type u1 with a shape.
func (p *pickler) array(data []byte, rows, columns int) {
	p.WriteString("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01")
	p.integer(rows)
	p.integer(columns)
	p.WriteString("\x86cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNK\x00K\x00K\x00tb\x89")
	p.text(string(data))
	p.WriteString("tb")
}

// value writes texts, integers, lists of them, and arrays of rows.
func (p *pickler) value(v any) {
	switch v := v.(type) {
	case string:
		p.text(v)
	case []string:
		p.WriteString("](")
		for _, s := range v {
			p.text(s)
		}
		p.WriteByte('e')
	case []int:
		p.WriteString("](")
		for _, n := range v {
			p.integer(n)
		}
		p.WriteByte('e')
	case [][]byte:
		p.array(bytes.Join(v, nil), len(v), len(v[0]))
	default:
		panic(fmt.Sprintf("%T", v))
	}
}

// pickleOf writes a dictionary.
func pickleOf(d map[string]any) []byte {
	var p pickler
	p.WriteString("\x80\x02}(")
	for key, v := range d {
		p.text(key)
		p.value(v)
	}
	p.WriteString("u.")
	return p.Bytes()
}

// pythonFiles converts the files of a binary form to those for Python.
func pythonFiles(f cifarForm, dir string, files []datatest.File) []datatest.File {
	var out []datatest.File
	for _, file := range files {
		i := slices.Index(f.batches, filepath.Base(file.Name))
		if i < 0 {
			continue
		}
		d := map[string]any{"batch_label": "batch", "filenames": []string{"a.png"}}
		var rows [][]byte
		for data := file.Body; len(data) > 0; data = data[f.record():] {
			for k, key := range f.python.labels {
				labels, _ := d[key].([]int)
				d[key] = append(labels, int(data[k]))
			}
			rows = append(rows, data[len(f.limits):f.record()])
		}
		d["data"] = rows
		out = append(out, datatest.File{Name: dir + f.python.batches[i], Body: pickleOf(d)})
	}
	meta := map[string]any{f.python.names: f.classes, "num_vis": "3072"}
	if len(f.limits) > 1 {
		meta["coarse_label_names"] = f.coarse().classes
	}
	return append(out, datatest.File{Name: dir + f.python.meta, Body: pickleOf(meta)})
}

// TestCIFARPython: the form for Python gives the same set as the binary one.
func TestCIFARPython(t *testing.T) {
	tests := []struct {
		name, spec string
		binary     []datatest.File
		python     []datatest.File
	}{
		{"cifar10", "cifar10=", cifarFiles(3), pythonFiles(cifar10, "cifar-10-batches-py/", cifarFiles(3))},
		{"cifar100", "cifar100=", cifar100Files(3), pythonFiles(cifar100, "cifar-100-python/", cifar100Files(3))},
		{"coarse", "cifar100:coarse=", cifar100Files(3), pythonFiles(cifar100, "cifar-100-python/", cifar100Files(3))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := mustOpen(t, tt.spec+datatest.Unpack(t, tt.binary...), Options{})
			withoutMeta := tt.python[:len(tt.python)-1]
			for form, path := range map[string]string{
				"folder":       datatest.Unpack(t, tt.python...),
				"inner folder": filepath.Join(datatest.Unpack(t, tt.python...), filepath.Dir(tt.python[0].Name)),
				"tar":          datatest.Write(t, "x.tar", datatest.Tar(tt.python...)),
				"tar.gz":       datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(tt.python...))),
				"zip":          datatest.Write(t, "x.zip", datatest.Zip(tt.python...)),
				"without meta": datatest.Unpack(t, withoutMeta...),
				"both":         datatest.Write(t, "x.tar", datatest.Tar(append(slices.Clone(tt.python), tt.binary...)...)),
				"both, binary first": datatest.Write(t, "x.tar",
					datatest.Tar(append(slices.Clone(tt.binary), datatest.File{Name: tt.python[0].Name, Body: []byte("not read")})...)),
			} {
				got := mustOpen(t, tt.spec+path, Options{Threads: 2})
				if got.Hash != want.Hash || !slices.Equal(got.Classes, want.Classes) {
					t.Errorf("%s: the content differs", form)
				}
				for i, s := range got.Splits {
					if !slices.Equal(s.IDs, want.Splits[i].IDs) {
						t.Errorf("%s: the images are named %v, want %v", form, s.IDs, want.Splits[i].IDs)
					}
				}
			}
		})
	}
}

// TestCIFARPythonInCache finds the form for Python in the data folder.
func TestCIFARPythonInCache(t *testing.T) {
	dir := datatest.Unpack(t, append(pythonFiles(cifar10, "cifar-10-batches-py/", cifarFiles(1)),
		datatest.File{Name: "cifar-100-python.tar.gz", Body: datatest.Gzip(datatest.Tar(pythonFiles(cifar100, "x/", cifar100Files(1))...))})...)
	for spec, n := range map[string]int{"cifar10": 5, "cifar100": 1} {
		if d := mustOpen(t, spec, Options{Options: catalog.Options{CacheDir: dir, Offline: true}}); d.Splits[0].Images.N != n {
			t.Errorf("%s: %d images", spec, d.Splits[0].Images.N)
		}
	}
}

func TestCIFARPythonErrors(t *testing.T) {
	batch := func(change func(d map[string]any)) []byte {
		d := map[string]any{"labels": []int{1, 2}, "data": [][]byte{make([]byte, 3072), make([]byte, 3072)}}
		change(d)
		return pickleOf(d)
	}
	with := func(name string, body []byte) []datatest.File {
		files := pythonFiles(cifar10, "py/", cifarFiles(2))
		for i := range files {
			if files[i].Name == "py/"+name {
				files[i].Body = body
			}
		}
		return files
	}
	good := pythonFiles(cifar10, "py/", cifarFiles(2))
	tests := []struct {
		name, spec string
		files      []datatest.File
		o          Options
		want       []string
	}{
		{"cut", "cifar10=", with("data_batch_2", good[1].Body[:3000]), Options{}, []string{"py/data_batch_2: the file is truncated", "of the pickle"}},
		{"a program", "cifar10=", with("data_batch_1", []byte("cos\nsystem\n(S'true'\ntR.")), Options{}, []string{"py/data_batch_1", `"os.system"`, "nothing was run", "repbench data fetch cifar10", "a pickled dictionary with"}},
		{"no pickle", "cifar10=", with("test_batch", []byte("hello")), Options{}, []string{"py/test_batch", "at byte 0", "repbench data fetch cifar10"}},
		{"limit", "cifar10=", with("test_batch", []byte(strings.Repeat("N", 1<<22+1)+".")), Options{}, []string{"more than 4194304 values", "repbench data fetch cifar10"}},
		{"long integer", "cifar10=", with("test_batch", []byte("\x8a\x09123456789.")), Options{}, []string{"an integer of 9 bytes", "repbench data fetch cifar10"}},
		{"no dictionary", "cifar10=", with("test_batch", []byte("N.")), Options{}, []string{"it holds None"}},
		{"no labels", "cifar10=", with("test_batch", batch(func(d map[string]any) { delete(d, "labels") })), Options{}, []string{`no key "labels"`}},
		{"labels of another kind", "cifar10=", with("test_batch", batch(func(d map[string]any) { d["labels"] = "cat" })), Options{}, []string{`key "labels": it is a text`}},
		{"fewer labels", "cifar10=", with("test_batch", batch(func(d map[string]any) { d["labels"] = []int{1} })), Options{}, []string{"1 labels for 2 images"}},
		{"label", "cifar10=", with("test_batch", batch(func(d map[string]any) { d["labels"] = []int{1, 10} })), Options{}, []string{"label 1 is 10 of 10"}},
		{"negative label", "cifar10=", with("test_batch", batch(func(d map[string]any) { d["labels"] = []int{-1, 1} })), Options{}, []string{"label 0 is -1"}},
		{"no data", "cifar10=", with("test_batch", batch(func(d map[string]any) { delete(d, "data") })), Options{}, []string{`"data" is None`}},
		{"other images", "cifar10=", with("test_batch", batch(func(d map[string]any) { d["data"] = [][]byte{{1, 2}, {3, 4}} })), Options{}, []string{"shape [2 2]", "repbench data fetch cifar10"}},
		{"missing", "cifar10=", good[1:], Options{}, []string{"data_batch_1 is missing"}},
		{"twice", "cifar10=", append(slices.Clone(good), datatest.File{Name: "x/test_batch", Body: good[0].Body}), Options{}, []string{"x/test_batch", "two files of that name"}},
		{"names", "cifar10=", with("batches.meta", pickleOf(map[string]any{"label_names": []string{"a"}})), Options{}, []string{"py/batches.meta", "1 class names where 10", "repbench data fetch cifar10"}},
		{"no names", "cifar10=", with("batches.meta", pickleOf(map[string]any{"x": "y"})), Options{}, []string{`no key "label_names"`}},
		{"too large", "cifar10=", good, Options{MaxBytes: 13000}, []string{"larger than the limit"}},
		{"CIFAR-10 for 100", "cifar100=", good, Options{}, []string{"train.bin is missing", "py/data_batch_1 is a batch of CIFAR-10", "cifar10="}},
		{"CIFAR-100 for 10", "cifar10=", pythonFiles(cifar100, "py/", cifar100Files(1)), Options{}, []string{"no JPEG, PNG or WebP images", "is a file of CIFAR-100", "cifar100="}},
		{"CIFAR-100's batch for 10", "cifar10=", with("test_batch", pythonFiles(cifar100, "", cifar100Files(1))[0].Body), Options{}, []string{`no key "labels": it is no CIFAR-10 batch`}},
		{"images for 100", "cifar100=", datatest.Dots("train/a/1.png"), Options{}, []string{"train.bin is missing", "train/a/1.png is an image file: open it as folder:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.tar", datatest.Tar(tt.files...))
			_, err := Open(context.Background(), tt.spec+path, tt.o)
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	a := datatest.Write(t, "a.tar", datatest.Tar(good...))
	_, err := Open(context.Background(), "cifar10="+a+","+a, Options{})
	datatest.WantError(t, err, "cannot be merged")
	_, err = NewPlan(context.Background(), "cifar10="+a, Options{})
	datatest.WantError(t, err, "stored as pixels")
}

// TestCIFARImagesInsist: images opened as cifar10 must have labels and a test split.
func TestCIFARImagesInsist(t *testing.T) {
	kaggle := append(datatest.Dots("train/1.png", "train/2.png", "test/1.png"), datatest.File{Name: "trainLabels.csv", Body: []byte("id,label\n1,cat\n2,dog\n")})
	tests := []struct {
		name  string
		files []datatest.File
		want  []string
	}{
		{"Kaggle's form", kaggle, []string{"its train images do not lie in class folders", "Kaggle's form", "trainLabels.csv", "data fetch cifar10"}},
		{"Kaggle's training images", kaggle[1:2], []string{"do not lie in class folders"}},
		{"no test images", datatest.Dots("train/cat/1.png", "train/dog/1.png"), []string{"there are no test images in it", "folder:"}},
		{"no classes in test", datatest.Dots("train/cat/1.png", "train/dog/1.png", "test/1.png"), []string{"its test images do not lie in class folders"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Unpack(t, tt.files...)
			_, err := Open(context.Background(), "cifar10="+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
			_, err = NewPlan(context.Background(), "cifar10="+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
}

// TestCIFARWrittenByPython opens files written by Python, if it has NumPy, in all protocols.
func TestCIFARWrittenByPython(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skipf("NumPy is absent: %v", err)
	}
	const script = `
import pickle, sys
import numpy as np
for protocol in range(6):
    n = 0
    for name in ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]:
        data = (np.arange(2 * 3072).reshape(2, 3072) * (protocol + 1) // 7 + n).astype(np.uint8)
        if protocol % 2:
            data = np.asfortranarray(data)
        d = {b"labels": [n % 10, (n + 1) % 10], b"data": data, b"filenames": ["a", "b"]}
        with open("%s/%d/%s" % (sys.argv[1], protocol, name), "wb") as f:
            pickle.dump(d, f, protocol)
        n += 1
`
	dir := t.TempDir()
	for protocol := range 6 {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(protocol)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(python, "-c", script, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for protocol := range 6 {
		d := mustOpen(t, "cifar10="+filepath.Join(dir, fmt.Sprint(protocol)), Options{})
		for k := range 6 {
			s, i := d.Splits[0], 2*k
			if k == 5 {
				s, i = d.Splits[1], 0
			}
			if s.Labels[i] != int32(k) || s.Labels[i+1] != int32(k+1) {
				t.Fatalf("protocol %d: labels %v", protocol, s.Labels)
			}
			for image := range 2 {
				for at, got := range s.Images.At(i + image) {
					from := image*3072 + at%3*cifarPlane + at/3
					if want := uint8(from*(protocol+1)/7 + k); got != want {
						t.Fatalf("protocol %d, batch %d, image %d, value %d: %d, want %d", protocol, k, image, at, got, want)
					}
				}
			}
		}
	}
}

// FuzzCIFARPython: any bytes in place of a batch give valid records of the binary form, or an
// error.
func FuzzCIFARPython(f *testing.F) {
	for _, file := range pythonFiles(cifar10, "", cifarFiles(1)) {
		f.Add(file.Body)
	}
	f.Add([]byte(strings.Repeat("(", 100)))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = cifar10.pythonClasses(data)
		records, err := cifar10.pythonRecords(data)
		if err != nil || len(records) == 0 {
			return
		}
		if err := cifar10.check("set", "batch", records); err != nil {
			t.Fatal(err)
		}
	})
}
