package archive

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"repbench/datasets/internal/datatest"
)

func TestGunzip(t *testing.T) {
	one, two := datatest.Gzip([]byte("one")), datatest.Gzip([]byte("two"))
	for name, tt := range map[string]struct {
		file []byte
		want string
		err  error
	}{
		"one part":       {one, "one", nil},
		"two parts":      {append(bytes.Clone(one), two...), "onetwo", nil},
		"a text after":   {append(bytes.Clone(one), "trailing"...), "one", errAfterGzip},
		"one byte after": {append(bytes.Clone(one), 'x'), "one", errAfterGzip},
		"zeros after":    {append(bytes.Clone(one), make([]byte, 512)...), "one", errAfterGzip},
		"cut":            {one[:len(one)-3], "one", io.ErrUnexpectedEOF},
		"second cut":     {append(bytes.Clone(one), two[:5]...), "one", io.ErrUnexpectedEOF},
	} {
		r, err := Gunzip(bytes.NewReader(tt.file))
		if err != nil {
			t.Fatal(name, err)
		}
		if got, err := io.ReadAll(r); string(got) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
