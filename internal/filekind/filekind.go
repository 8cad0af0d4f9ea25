// Package filekind recognises, by its first bytes, a file that was given in place of another: a
// pointer of Git LFS, a web page, weights of another program. Readers call it after they
// failed, to give a helpful error. It reads no data.
package filekind

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the kind of a file.
type Kind int

// The kinds that are distinguished; Unknown is everything else.
const (
	Unknown     Kind = iota
	LFSPointer       // the few lines in a repository that stand for a file of Git LFS
	WebPage          // HTML, or the XML error of a store
	PyTorch          // torch.save, as a zip archive or in the old form
	TorchScript      // torch.jit.save
	Pickle           // any other Python pickle
	Safetensors      // weights of Hugging Face's format
	TensorFlow       // a saved model, a frozen graph, or TensorFlow Lite
	HDF5             // Keras' .h5, MATLAB 7.3
	NumPy            // .npy
	NumPyZip         // .npz
	MATLAB           // .mat before 7.3
	GGUF             // weights of llama.cpp
	ORT              // ONNX Runtime's own form of a model
	Zip              // any other zip archive
	Packed           // compressed: gzip, xz, zstd, bzip2, 7z, rar, or a tar archive
	JSON             // text that begins like JSON
	Text             // other text
)

// File is the result of Of.
type File struct {
	// Kind is Unknown if the first bytes are not recognised.
	Kind Kind
	// What is a description with its article, such as "a Git LFS pointer"; "" if unknown.
	What string
	// Next is a remedy that works for any wanted file, such as fetch or unpack, for kinds that
	// have one; else "".
	Next string
}

// Numbers of bytes that are examined: at the start of a file and, for a zip archive, at its
// end, where the names of the entries are.
const (
	headBytes = 1 << 10
	tailBytes = 64 << 10
)

// magics are the kinds that begin with fixed bytes, at an offset.
var magics = []struct {
	at    int
	bytes string
	file  File
}{
	{0, "version https://git-lfs.github.com/spec/", File{LFSPointer, "a Git LFS pointer, which stands for the file", "fetch the file itself: git lfs pull in its repository, or the repository's download link"}},
	{0, "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", File{Kind: PyTorch, What: "a PyTorch file"}},
	{0, "\x80\x02", File{Kind: Pickle, What: "a Python pickle"}},
	{0, "\x80\x03", File{Kind: Pickle, What: "a Python pickle"}},
	{0, "\x80\x04", File{Kind: Pickle, What: "a Python pickle"}},
	{0, "\x80\x05", File{Kind: Pickle, What: "a Python pickle"}},
	{0, "\x89HDF\r\n\x1a\n", File{Kind: HDF5, What: "an HDF5 file, as Keras and MATLAB 7.3 write"}},
	{0, "MATLAB 5.0 MAT-file", File{Kind: MATLAB, What: "a MATLAB file"}},
	{0, "MATLAB 7.3 MAT-file", File{Kind: HDF5, What: "an HDF5 file, as Keras and MATLAB 7.3 write"}},
	{0, "\x93NUMPY", File{Kind: NumPy, What: "a NumPy array (.npy)"}},
	{0, "GGUF", File{Kind: GGUF, What: "a GGUF file, weights of llama.cpp"}},
	{4, "TFL3", File{Kind: TensorFlow, What: "a TensorFlow Lite model"}},
	{4, "ORTM", File{Kind: ORT, What: "a model in ONNX Runtime's own form (.ort)"}},
	{0, "\x08\x01\x12", File{Kind: TensorFlow, What: "a TensorFlow saved model"}},
	{0, "\x1f\x8b", packed("gzip")},
	{0, "\xfd7zXZ\x00", packed("xz")},
	{0, "\x28\xb5\x2f\xfd", packed("zstd")},
	{0, "BZh", packed("bzip2")},
	{0, "7z\xbc\xaf\x27\x1c", packed("7z")},
	{0, "Rar!\x1a\x07", packed("rar")},
	{257, "ustar", packed("tar")},
}

func packed(program string) File {
	return File{Packed, fmt.Sprintf("packed with %s", program), "unpack it first"}
}

// zips are the kinds of zip archives by the end of an entry's name.
var zips = []struct {
	entry string
	file  File
}{
	{"/constants.pkl", File{Kind: TorchScript, What: "a TorchScript file of PyTorch"}},
	{"/data.pkl", File{Kind: PyTorch, What: "a PyTorch file"}},
	{"saved_model.pb", File{Kind: TensorFlow, What: "a zip archive of a TensorFlow saved model"}},
	{"model.weights.h5", File{Kind: TensorFlow, What: "a Keras model"}},
	{".npy", File{Kind: NumPyZip, What: "a NumPy archive (.npz)"}},
}

// Of examines a file of the given size. A file that cannot be read is Unknown.
func Of(r io.ReaderAt, size int64) File {
	head := read(r, 0, min(size, headBytes))
	for _, m := range magics {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.bytes)) {
			return m.file
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		from := max(0, size-tailBytes)
		return ofZip(append(head, read(r, from, size-from)...))
	case isSafetensors(head, size):
		return File{Kind: Safetensors, What: "a safetensors file, weights without a network"}
	case isGraph(head):
		return File{Kind: TensorFlow, What: "a TensorFlow graph"}
	}
	return ofText(head, size)
}

// read returns up to n bytes from an offset on.
func read(r io.ReaderAt, from, n int64) []byte {
	b := make([]byte, n)
	got, _ := r.ReadAt(b, from)
	return b[:got]
}

func ofZip(b []byte) File {
	for _, z := range zips {
		if bytes.Contains(b, []byte(z.entry)) {
			return z.file
		}
	}
	return File{Zip, "a zip archive", "unpack it first"}
}

// isSafetensors looks for eight bytes with the length of the JSON that follows.
func isSafetensors(head []byte, size int64) bool {
	if len(head) < 10 || head[8] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && n <= uint64(size)-8
}

// isGraph looks for a protobuf message whose first field is a node that begins with its name,
// like a frozen graph of TensorFlow.
func isGraph(head []byte) bool {
	if len(head) < 4 || head[0] != '\n' {
		return false
	}
	_, n := binary.Uvarint(head[1:])
	if n <= 0 || len(head) < n+4 || head[1+n] != '\n' {
		return false
	}
	length := int(head[2+n])
	name := head[3+n:]
	if length == 0 || len(name) <= length || name[length] != 0x12 { // the operator follows
		return false
	}
	return printable(name[:length])
}

// ofText recognises text by its beginning.
func ofText(head []byte, size int64) File {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	for i := 1; int64(len(head)) < size && i < utf8.UTFMax && !utf8.Valid(text); i++ {
		text = text[:len(text)-min(1, len(text))] // the last character may be cut off
	}
	if len(text) == 0 || !printable(text) {
		return File{}
	}
	lower := strings.ToLower(string(text))
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<?xml", "<error", "<!--"} {
		if strings.HasPrefix(lower, start) {
			return File{WebPage, "a web page, not the file that it leads to",
				"download the file itself: look at the page in a browser and copy the link of its download button"}
		}
	}
	kind := Text
	if text[0] == '{' || text[0] == '[' {
		kind = JSON
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if r := []rune(line); len(r) > 60 {
		line = string(r[:60]) + "…"
	}
	return File{kind, fmt.Sprintf("text, which begins %q", strings.TrimSpace(line)), ""}
}

// printable reports whether b is UTF-8 without control characters other than white space.
func printable(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return false
		}
		b = b[n:]
	}
	return true
}
