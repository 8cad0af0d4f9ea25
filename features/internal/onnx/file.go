package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"repbench/internal/filekind"
)

// Limits on files. Protobuf itself ends at 2 GiB.
const (
	maxFile     = 1<<31 - 1
	maxExternal = 16 << 30
	minOpset    = 7 // operator sets that are known
	maxOpset    = 23
)

// external says where the data of a tensor lie outside the model's file.
type external struct {
	location       string
	offset, length int64
}

// entry reads a StringStringEntryProto.
func (e *external) entry(b []byte) error {
	var key, value string
	err := fields(b, func(f field) error {
		switch f.id {
		case 1:
			return f.text(&key)
		case 2:
			return f.text(&value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	switch key {
	case "location":
		e.location = value
	case "offset":
		e.offset, err = strconv.ParseInt(value, 10, 64)
	case "length":
		e.length, err = strconv.ParseInt(value, 10, 64)
	}
	if err != nil || e.offset < 0 || e.length < 0 {
		return bad("external data with %s %q", key, value)
	}
	return nil
}

// Open reads a model and the external data beside it. Errors wrap ErrFormat or
// ErrUnsupported, or are errors of the file system, and name the file.
//
// External data are looked for in the model's own folder; a location that leads
// out of it, by its name or by a link, is refused.
func Open(path string) (*Model, error) {
	m, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func open(path string) (*Model, error) {
	in, err := openModel(path)
	if err != nil {
		return nil, err
	}
	m, err := parseModel(message{in: in, size: in.size})
	if err == nil {
		m.files = []*input{in}
		return m, m.findExternal(filepath.Dir(path))
	}
	defer in.file.Close()
	if !errors.Is(err, ErrFormat) {
		return nil, err
	}
	b := make([]byte, in.size)
	if err := in.read(b, 0); err != nil {
		return nil, err
	}
	return nil, instead(b, err)
}

// openModel opens the file, within the limit.
func openModel(path string) (*input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, bad("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	switch {
	case info.Size() == 0:
		err = bad("it is empty; download it again, or export it again")
	case info.Size() > maxFile:
		err = bad("%d bytes are more than an ONNX file can have (%d); larger weights are external data", info.Size(), maxFile)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return newInput(f)
}

// instead is err for bytes that are no model, or says what they are.
func instead(b []byte, err error) error {
	k := filekind.Of(bytes.NewReader(b), int64(len(b)))
	next := k.Next
	switch k.Kind {
	case filekind.Unknown:
		return unknown(b, err)
	case filekind.PyTorch, filekind.TorchScript, filekind.Pickle:
		next = "export the network in Python: torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), \"model.onnx\", opset_version=17)"
	case filekind.Safetensors, filekind.GGUF:
		next = "build the network in Python, load the weights into it, and export it with torch.onnx.export"
	case filekind.TensorFlow, filekind.HDF5:
		next = "convert it in Python with tf2onnx"
	case filekind.ORT:
		next = "give the .onnx file that it was made from"
	}
	if next == "" {
		next = "give the .onnx file, or export or download it again"
	}
	return bad("it is %s; %s", k.What, next)
}

// maxIR bounds the version of the format that an ONNX file begins with; 13 is the newest.
const maxIR = 99

// unknown is err, about bytes of no known other kind, with what was found and the next step.
func unknown(b []byte, err error) error {
	cause := strings.ReplaceAll(err.Error(), ErrFormat.Error()+": ", "")
	switch like := len(b) > 2 && b[0] == 0x08 && b[1] > 0 && b[1] <= maxIR; {
	case like && cutOff(b):
		return bad("it has %d bytes, begins like an ONNX model and is cut off; download it again, or export it again (%s)", len(b), cause)
	case like:
		return bad("it has %d bytes and begins like an ONNX model, but what follows is damaged or incomplete; download it again, or export it again (%s)", len(b), cause)
	}
	return bad("it has %d bytes and begins with % x, as no ONNX model does; give the .onnx file, or export or download it again (%s)",
		len(b), b[:min(len(b), 8)], cause)
}

// reason drops the path from an error of the file system, for Open adds it.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// findExternal finds the data of all tensors that lie outside, file by file.
func (m *Model) findExternal(dir string) error {
	files := map[string][]*Tensor{}
	for _, t := range m.tensors() {
		if t.external != nil {
			files[t.external.location] = append(files[t.external.location], t)
		}
	}
	if len(files) == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(maxExternal)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		in, err := findTensors(root, name, files[name], left)
		if err != nil {
			return fmt.Errorf("external data %q: %w", name, err)
		}
		m.files = append(m.files, in)
		left -= in.size
	}
	return nil
}

// tensors are the weights and the constants of nodes, each once.
func (m *Model) tensors() []*Tensor {
	all := (&subgraph{nodes: m.Nodes, weights: m.weights}).tensors()
	seen := make(map[*Tensor]bool, len(all))
	return slices.DeleteFunc(all, func(t *Tensor) bool {
		twice := seen[t]
		seen[t] = true
		return twice
	})
}

// findTensors finds the data of tensors in one file of at most limit bytes.
func findTensors(root *os.Root, name string, tensors []*Tensor, limit int64) (*input, error) {
	f, info, err := openExternal(root, filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	in, err := externalFile(f, info, limit)
	for _, t := range tensors {
		if err == nil {
			err = named(t.find(in), "tensor %q", t.Name)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

// externalFile checks a file of external data.
func externalFile(f *os.File, info os.FileInfo, limit int64) (*input, error) {
	if info.Size() > limit {
		return nil, bad("with it the external data have more than %d bytes", int64(maxExternal))
	}
	if k := filekind.Of(f, info.Size()); k.Kind == filekind.LFSPointer || k.Kind == filekind.WebPage {
		return nil, bad("it is %s; %s", k.What, k.Next)
	}
	return newInput(f)
}

// openExternal opens a file of external data. It looks at the file first, for opening a pipe would
// wait for a writer.
func openExternal(root *os.Root, name string) (*os.File, os.FileInfo, error) {
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("%w; the model's weights lie in this file, which belongs in the folder of the model: copy or download it, too", reason(err))
	case err != nil && (!filepath.IsLocal(name) || exists(filepath.Join(root.Name(), name))):
		return nil, nil, bad("it lies outside the folder of the model (%v), where nothing is read: copy it into this folder, and export the model with it there", reason(err))
	case err != nil:
		return nil, nil, reason(err)
	case !info.Mode().IsRegular():
		return nil, nil, bad("it is no regular file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, nil, reason(err)
	}
	if info, err = f.Stat(); err != nil {
		return nil, nil, errors.Join(reason(err), f.Close())
	}
	return f, info, nil
}

// exists says that there is a file at a path, which may lead through links.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// find checks that the tensor's data lie in a file.
func (t *Tensor) find(in *input) error {
	due, size := int64(t.Type.length(t.Size())), in.size
	switch e := t.external; {
	case e.length != 0 && e.length != due:
		return bad("it has shape %v of %s, but %d bytes of data where %d are due", t.Dims, t.Type, e.length, due)
	case e.offset > size || due > size-e.offset:
		return bad("its %d bytes from %d on lie beyond the end of the file, which has %d: it is cut off or of another export; copy or download it again with the model", due, e.offset, size)
	}
	t.lie, t.loaded = extent{in, t.external.offset, due}, &loaded{}
	return nil
}

// named says in front of an error what it is about; nil stays nil.
func named(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
