package jsonfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type point struct{ X int }

func TestEachLine(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string // "line: value" of what is added
		err      string   // "": none
		torn     bool
	}{
		{name: "lines", in: "{\"X\":1}\n{\"X\":2}\n", want: []string{"1: 1", "2: 2"}},
		{name: "blank lines count", in: "\n  \t\n{\"X\":1}\r\n\n", want: []string{"3: 1"}},
		{name: "nothing", in: ""},
		{name: "no line end", in: "{\"X\":1}\n{\"X\":2}", want: []string{"1: 1", "2: 2"}},
		{name: "torn", in: "{\"X\":1}\n{\"X\":", want: []string{"1: 1"}, err: "f:2: the last line is incomplete", torn: true},
		{name: "damaged last line", in: "{\"X\":1}\n{\"X\":\n", want: []string{"1: 1"}, err: "f:2: "},
		{name: "damaged middle", in: "{\"X\":1}\nx\n{\"X\":", want: []string{"1: 1"}, err: "f:2: invalid"},
		{name: "another type", in: "{\"X\":\"a\"}\n", err: "f:1: json: cannot unmarshal string"},
		{name: "two values", in: "{} {}\n", err: "f:1: more than one JSON value"},
		{name: "refused", in: "{\"X\":1}\n{\"X\":13}\n{\"X\":2}\n", want: []string{"1: 1"}, err: "f:2: thirteen"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			err := EachLine(strings.NewReader(tt.in), "f", func(line int, p point) error {
				if p.X == 13 {
					return errors.New("thirteen")
				}
				got = append(got, fmt.Sprintf("%d: %d", line, p.X))
				return nil
			})
			if !slices.Equal(got, tt.want) {
				t.Errorf("added %v, want %v", got, tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.HasPrefix(err.Error(), tt.err) || errors.Is(err, ErrTorn) != tt.torn {
				t.Errorf("error %v, want %q, torn %v", err, tt.err, tt.torn)
			}
		})
	}
}

// endless gives the same line for ever.
type endless struct{ line string }

func (e endless) Read(b []byte) (int, error) {
	n := 0
	for n+len(e.line) <= len(b) {
		n += copy(b[n:], e.line)
	}
	return n, nil
}

// A line that never ends is an error at its limit, with the line before it added.
func TestEachLineOfGiantLine(t *testing.T) {
	n := 0
	r := io.MultiReader(strings.NewReader("{\"X\":1}\n"), endless{"xxxxxxxx"})
	err := EachLine(r, "f", func(int, point) error { n++; return nil })
	if err == nil || !strings.HasPrefix(err.Error(), "f:2: ") || n != 1 {
		t.Errorf("%d lines, error %v", n, err)
	}
}

// A broken disk is not the end of a file.
func TestEachLineOfBrokenReader(t *testing.T) {
	broken := errors.New("the disk is broken")
	r := io.MultiReader(strings.NewReader("{\"X\":1}\n"), readerFunc(func([]byte) (int, error) { return 0, broken }))
	if err := EachLine(r, "f", func(int, point) error { return nil }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// Numbers of fields without a type keep all their digits.
func TestDecodeKeepsDigits(t *testing.T) {
	v, err := Decode[map[string]any]([]byte(`{"seed":18446744073709551615}`))
	if err != nil || v["seed"].(json.Number).String() != "18446744073709551615" {
		t.Errorf("%v, %v", v, err)
	}
}

func TestOpenRefusesFolders(t *testing.T) {
	dir := t.TempDir()
	if f, err := Open(dir); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("%v, error %v", f, err)
	}
	if _, err := Open(filepath.Join(dir, "x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file: error %v", err)
	}
}

func TestReadSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadSmall(path, 5); err != nil || string(b) != "12345" {
		t.Errorf("%q, %v: a file as long as the limit is read", b, err)
	}
	if _, err := ReadSmall(path, 4); err == nil || !strings.Contains(err.Error(), "more than 4 bytes") {
		t.Errorf("one byte too long: error %v", err)
	}
}
