package filekind

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// zipOf returns an archive with empty entries of the given names.
func zipOf(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// First bytes as the programs write them.
func TestOf(t *testing.T) {
	long := strings.Repeat("x", 2000)
	tests := []struct {
		name, content string
		kind          Kind
		what, next    string
	}{
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", LFSPointer, "Git LFS pointer", "git lfs pull"},
		{"web page", "\n<!DOCTYPE html>\n<html lang=\"en\">", WebPage, "web page", "download"},
		{"long web page in UTF-8", "\xef\xbb\xbf<HTML>" + strings.Repeat("猫", 1000), WebPage, "web page", "download"},
		{"refusal of a store", `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, WebPage, "web page", "download"},
		{"torch.save", zipOf(t, "archive/data.pkl", "archive/byteorder", "archive/data/0"), PyTorch, "PyTorch", ""},
		{"torch.jit.save", zipOf(t, "net/data.pkl", "net/code/__torch__.py", "net/constants.pkl"), TorchScript, "TorchScript", ""},
		{"torch.save before 1.6", "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", PyTorch, "PyTorch", ""},
		{"pickle", "\x80\x04\x95\x05\x00", Pickle, "pickle", ""},
		{"npz", zipOf(t, "arr_0.npy"), NumPyZip, ".npz", ""},
		{"zip of a model", zipOf(t, "model.onnx"), Zip, "zip archive", "unpack"},
		{"safetensors", "\x10\x00\x00\x00\x00\x00\x00\x00{\"a\":{}}        ", Safetensors, "safetensors", ""},
		{"saved model", "\x08\x01\x12\x90\x01", TensorFlow, "saved model", ""},
		{"frozen graph", "\n\x1a\n\x05input\x12\x0bPlaceholder", TensorFlow, "TensorFlow graph", ""},
		{"TensorFlow Lite", "\x1c\x00\x00\x00TFL3", TensorFlow, "Lite", ""},
		{"Keras", "\x89HDF\r\n\x1a\n\x00", HDF5, "HDF5", ""},
		{"gzip", "\x1f\x8b\x08\x00", Packed, "gzip", "unpack"},
		{"tar", strings.Repeat("\x00", 257) + "ustar", Packed, "tar", "unpack"},
		{"a page not found", "Entry not found", Text, `"Entry not found"`, ""},
		{"JSON", `{"error":"Repository not found"}`, JSON, "error", ""},
		{"long text", long, Text, "xxx…", ""},
		{"ONNX", "\x08\x07\x12\x07pytorch", Unknown, "", ""},
		{"nothing", "", Unknown, "", ""},
		{"blanks", " \n", Unknown, "", ""},
		{"noise", "\x00\xff\x00", Unknown, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Of(strings.NewReader(tt.content), int64(len(tt.content)))
			if f.Kind != tt.kind || !strings.Contains(f.What, tt.what) || !strings.Contains(f.Next, tt.next) || len(f.What) > 120 {
				t.Errorf("found %+v, want kind %d, %q, %q", f, tt.kind, tt.what, tt.next)
			}
		})
	}
}

// Any bytes are examined without a panic, and every known kind has a name.
func FuzzOf(f *testing.F) {
	for _, s := range []string{"", "PK\x03\x04", "\n\xff\xff\xff\xff\x0f\n", "\n\x03\n\xff", "<html", "\xff\xff\xff\xff\xff\xff\xff\xff{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if k := Of(bytes.NewReader(b), int64(len(b))); (k.Kind == Unknown) != (k.What == "") {
			t.Errorf("%+v", k)
		}
	})
}
