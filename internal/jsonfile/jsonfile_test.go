package jsonfile

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	if err := Write(path, map[string]int{"a": 1}); err != nil {
		t.Fatal(err)
	}
	var v map[string]int
	if err := Read(path, &v); err != nil || v["a"] != 1 {
		t.Errorf("read back %v, error %v", v, err)
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	var v any
	for name, err := range map[string]error{
		"broken":      Read(path, &v),
		"absent":      Read(path+"x", &v),
		"not encoded": Write(path, math.NaN()),
	} {
		if err == nil || !strings.Contains(err.Error(), "broken.json") {
			t.Errorf("%s: error %v does not name the file", name, err)
		}
	}
}
