// Package filekind tells from its first bytes what a file is that was given in
// place of another: a pointer of Git LFS, a web page, weights of another program.
// Readers ask it after they failed, for an error that helps; nothing is read by it.
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

// Kind is what a file is.
type Kind int

// Kinds that are told apart; Unknown is everything else.
const (
	Unknown     Kind = iota
	LFSPointer       // the few lines that stand in a repository for a file of Git LFS
	WebPage          // HTML, or the XML of a store's refusal
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

// File is what was found.
type File struct {
	// Kind is Unknown if nothing is known about the first bytes.
	Kind Kind
	// What names it with its article, "a Git LFS pointer"; "" if unknown.
	What string
	// Next is the step that works whatever was wanted, for kinds that have one:
	// fetch, unpack; else "".
	Next string
}

// How much of a file is looked at: of its start, and, in a zip archive, of its
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

// Of looks at a file of that size. What cannot be read is Unknown.
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

// read returns what there is of n bytes from an offset on.
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

// isSafetensors: eight bytes with the length of the JSON that follows.
func isSafetensors(head []byte, size int64) bool {
	if len(head) < 10 || head[8] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && n <= uint64(size)-8
}

// isGraph: a protobuf message whose first field is a node, which begins with its
// name, as a frozen graph of TensorFlow does.
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
	if length == 0 || len(name) <= length || name[length] != 0x12 { // the operator comes next
		return false
	}
	return printable(name[:length])
}

// ofText says what text begins with.
func ofText(head []byte, size int64) File {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	for i := 1; int64(len(head)) < size && i < utf8.UTFMax && !utf8.Valid(text); i++ {
		text = text[:len(text)-min(1, len(text))] // the last character is cut
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

// printable says that b is UTF-8 without control characters but for blanks.
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
