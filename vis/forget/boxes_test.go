package forget

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const twoJSON = `[{"image": 0, "x0": 1, "y0": 2, "x1": 8, "y1": 9}, {"image": 3, "x0": 0, "y0": 0, "x1": 32, "y1": 4}]`

var two = []Box{{0, 1, 2, 8, 9}, {3, 0, 0, 32, 4}}

func TestParseBoxes(t *testing.T) {
	for _, text := range []string{
		twoJSON, "\n\ufeff"[1:] + twoJSON + "\n",
		"image,x0,y0,x1,y1\n0,1,2,8,9\n3,0,0,32,4\n",
		"\ufeffimage, x0, y0, x1, y1\r\n0, 1, 2, 8, 9\r\n3,0,0,32,4",
	} {
		if got, err := ParseBoxes([]byte(text)); err != nil || !reflect.DeepEqual(got, two) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestParseBoxesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":     "empty",
		" \n ": "empty",
		`{"image": 0, "x0": 1, "y0": 2, "x1": 8, "y1": 9}`:                      "put [ ]",
		`[{"image": 0, "x0": 1, "y0": 2, "x1": 8}]`:                             `box 0 has no "y1"`,
		`[{"image": 0, "x0": 1, "y0": 2, "x1": 8, "y1": 9, "z": 1}]`:            `"z"`,
		`[{"image": 0, "x0": 1.5, "y0": 2, "x1": 8, "y1": 9}]`:                  "1.5",
		`[{"image": 0, "x0": 1, "y0": 2, "x1": 8, "y1": 9}] []`:                 "more behind",
		`[{"image": 0, "x0": 8, "y0": 2, "x1": 8, "y1": 9}]`:                    "x1 8",
		`[{"image": -1, "x0": 1, "y0": 2, "x1": 8, "y1": 9}]`:                   "negative",
		`[{"image": 0, "x0": 1, "y0": 2, "x1": 99999999999999999999, "y1": 9}]`: "x1",
		"x0,y0,x1,y1\n1,2,3,4":                                                  "fields",
		"image,x0,y0,w,h\n0,1,2,3,4":                                            "image,x0,y0,w,h",
		"image,x0,y0,x1,y1\n0,1,2,3":                                            "line 2",
		"image,x0,y0,x1,y1\n0,1,2,8,9\n0,1,2,8,9.":                              "line 3",
		"image,x0,y0,x1,y1\n0,1,2,1,9":                                          "line 2",
	} {
		if got, err := ParseBoxes([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, error %v, want %q", text, got, err, want)
		}
	}
}

// What WriteBoxes writes, ReadBoxes reads; a file that is too long, absent, or of another form is
// an error that says the form.
func TestBoxFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "boxes.json")
	for _, want := range [][]Box{two, {}} {
		if err := WriteBoxes(path, want); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadBoxes(path); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v, %v", got, err)
		}
	}
	if err := os.WriteFile(path, []byte("no boxes"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBoxes(path); err == nil || !strings.Contains(err.Error(), "image,x0,y0,x1,y1") || !strings.Contains(err.Error(), path) {
		t.Errorf("another form: %v", err)
	}
	if err := os.WriteFile(path, make([]byte, maxBoxFile+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBoxes(path); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a long file: %v", err)
	}
}

func TestCheckBoxes(t *testing.T) {
	if err := CheckBoxes(two, 4, 32); err != nil {
		t.Error(err)
	}
	for want, boxes := range map[string][]Box{
		"no boxes":                   nil,
		"there are 4 images, 0 to 3": {two[0], {4, 0, 0, 2, 2}},
		"box 1 (image 2, columns 30 to 32, rows 0 to 1) lies outside its image of 32×32": {two[0], {2, 30, 0, 33, 2}},
		"x1 2 and y1 2": {{0, 2, 0, 2, 2}},
	} {
		if err := CheckBoxes(boxes, 4, 32); !errors.Is(err, ErrBox) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", boxes, err, want)
		}
	}
}

// Any text is boxes that pass their check and are read again, or an error.
func FuzzParseBoxes(f *testing.F) {
	for _, s := range []string{twoJSON, "image,x0,y0,x1,y1\n0,1,2,8,9\n", "[", "[null]", "[{}]", "\ufeff", "image,x0,y0,x1,y1\n\"0\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		boxes, err := ParseBoxes(text)
		if err != nil {
			return
		}
		for _, b := range boxes {
			if b.check() != nil {
				t.Errorf("box %v", b)
			}
		}
		path := filepath.Join(t.TempDir(), "b.json")
		if err := WriteBoxes(path, boxes); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadBoxes(path); err != nil || len(again) != len(boxes) || len(boxes) > 0 && !reflect.DeepEqual(again, boxes) {
			t.Errorf("%v was written, %v read (%v)", boxes, again, err)
		}
	})
}

// Errors about JSON speak of the file, not of the program.
func TestParseBoxesSays(t *testing.T) {
	for text, want := range map[string]string{
		`{"boxes": [{"image": 0, "x0": 4, "y0": 6, "x1": 12, "y1": 16}]}`: "give the list alone",
		`[{"image": 0, "x0": "4", "y0": 6, "x1": 12, "y1": 16}]`:          `"x0" is a string at byte`,
		`[{"image": 0.5, "x0": 4, "y0": 6, "x1": 12, "y1": 16}]`:          `"image" is a number 0.5 at byte`,
		`[7]`:             "a number where a box is wanted",
		`[{"image": 0`:    "cut off",
		`[{"picture":0}]`: `unknown field "picture"`,
	} {
		_, err := ParseBoxes([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "entry") {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}
