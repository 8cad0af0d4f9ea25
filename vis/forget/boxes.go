package forget

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"repbench/internal/atomicfile"
	"repbench/internal/errkind"
	"repbench/internal/jsonfile"
)

// Box says where the object is in an image: columns X0 … X1-1, rows Y0 … Y1-1, in pixels.
type Box struct {
	// Image is the number of the image, from 0.
	Image int `json:"image"`
	X0    int `json:"x0"` // first column
	Y0    int `json:"y0"` // first row
	X1    int `json:"x1"` // column behind the last
	Y1    int `json:"y1"` // row behind the last
}

// String names the box for people.
func (b Box) String() string {
	return fmt.Sprintf("image %d, columns %d to %d, rows %d to %d", b.Image, b.X0, b.X1-1, b.Y0, b.Y1-1)
}

// maxBoxFile is the limit on the size of a file of boxes: about 200,000 of them.
const maxBoxFile = 16 << 20

// columns are the names of a box's numbers, in CSV and in JSON.
var columns = []string{"image", "x0", "y0", "x1", "y1"}

// boxForm ends an error about a file of boxes.
const boxForm = `a file of boxes is a JSON list of {"image": 0, "x0": 4, "y0": 6, "x1": 12, "y1": 16}, or CSV with the head image,x0,y0,x1,y1; x1 and y1 are exclusive`

// ReadBoxes reads a file of boxes, JSON or CSV. It does not check them against images; CheckBoxes
// does.
func ReadBoxes(path string) ([]Box, error) {
	b, err := jsonfile.ReadSmall(path, maxBoxFile)
	if err != nil {
		return nil, err
	}
	boxes, err := ParseBoxes(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", path, err, boxForm)
	}
	return boxes, nil
}

// WriteBoxes writes a file that ReadBoxes reads: JSON.
func WriteBoxes(path string, boxes []Box) error {
	b, err := MarshalBoxes(boxes)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(path, b, 0o644)
}

// MarshalBoxes returns the content of a file that ReadBoxes reads: JSON.
func MarshalBoxes(boxes []Box) ([]byte, error) {
	if boxes == nil {
		boxes = []Box{}
	}
	b, err := json.MarshalIndent(boxes, "", "  ")
	return append(b, '\n'), err
}

// ParseBoxes reads boxes from JSON, if the text begins with a bracket, or CSV. Every number has to
// be there, whole and not negative; no other names are allowed.
func ParseBoxes(text []byte) ([]Box, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	start := bytes.TrimLeft(text, " \t\r\n")
	if len(start) == 0 {
		return nil, errors.New("the file is empty")
	}
	switch start[0] {
	case '[':
		return parseJSON(text)
	case '{':
		return nil, errors.New("the text is a JSON object, and a list of boxes is wanted: of one box, put [ ] around it; of an object that holds the list, give the list alone")
	}
	return parseCSV(text)
}

// entry is a box of a JSON file, in which nothing may be absent.
type entry struct {
	Image *int `json:"image"`
	X0    *int `json:"x0"`
	Y0    *int `json:"y0"`
	X1    *int `json:"x1"`
	Y1    *int `json:"y1"`
}

func parseJSON(text []byte) ([]Box, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var entries []entry
	if err := d.Decode(&entries); err != nil {
		return nil, plainly(err, d.InputOffset())
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more behind the list of boxes, at byte %d", d.InputOffset())
	}
	boxes := make([]Box, len(entries))
	for i, e := range entries {
		numbers := []*int{e.Image, e.X0, e.Y0, e.X1, e.Y1}
		for j, v := range numbers {
			if v == nil {
				return nil, fmt.Errorf("box %d has no %q", i, columns[j])
			}
		}
		boxes[i] = Box{*e.Image, *e.X0, *e.Y0, *e.X1, *e.Y1}
		if err := boxes[i].check(); err != nil {
			return nil, fmt.Errorf("box %d: %w", i, err)
		}
	}
	return boxes, nil
}

// plainly is an error of the JSON reader in words that do not speak of this program's types.
func plainly(err error, at int64) error {
	if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
		name := kind.Field[strings.LastIndex(kind.Field, ".")+1:]
		if name == "" {
			return fmt.Errorf("at byte %d there is a %s where a box is wanted", kind.Offset, kind.Value)
		}
		return fmt.Errorf("%q is a %s at byte %d, and a whole number is wanted", name, kind.Value, kind.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the text ends at byte %d, within the list: the file is cut off", at)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

func parseCSV(text []byte) ([]Box, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true
	r.FieldsPerRecord = len(columns)
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	for i := range head {
		head[i] = strings.TrimSpace(head[i])
	}
	if !slices.Equal(head, columns) {
		return nil, fmt.Errorf("the first line is %.80q", strings.Join(head, ","))
	}
	var boxes []Box
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return boxes, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		var n [5]int
		for i, f := range fields {
			if n[i], err = strconv.Atoi(strings.TrimSpace(f)); err != nil {
				return nil, fmt.Errorf("line %d: %s is %.40q, no whole number", line, columns[i], f)
			}
		}
		b := Box{n[0], n[1], n[2], n[3], n[4]}
		if err := b.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		boxes = append(boxes, b)
	}
}

// check says what is wrong with a box in any image.
func (b Box) check() error {
	switch {
	case b.Image < 0 || b.X0 < 0 || b.Y0 < 0:
		return errkind.Errorf(ErrBox, "image %d, x0 %d, y0 %d; none can be negative", b.Image, b.X0, b.Y0)
	case b.X1 <= b.X0 || b.Y1 <= b.Y0:
		return errkind.Errorf(ErrBox, "image %d: x1 %d and y1 %d are exclusive and have to be greater than x0 %d and y0 %d", b.Image, b.X1, b.Y1, b.X0, b.Y0)
	}
	return nil
}

// CheckBoxes says which box is not in an image of n images of size×size pixels.
func CheckBoxes(boxes []Box, n, size int) error {
	if len(boxes) == 0 {
		return errkind.Errorf(ErrBox, "there are no boxes, so nothing says where the object is: draw some round it")
	}
	for i, b := range boxes {
		if err := b.check(); err != nil {
			return fmt.Errorf("box %d: %w", i, err)
		}
		if b.Image >= n {
			return errkind.Errorf(ErrBox, "box %d is in image %d, and there are %d images, 0 to %d: generate the images that the boxes were drawn in (--z, or --n and --seed), or remove the box", i, b.Image, n, n-1)
		}
		if b.X1 > size || b.Y1 > size {
			return errkind.Errorf(ErrBox, "box %d (%v) lies outside its image of %d×%d pixels: x1 and y1 can be %d at most", i, b, size, size, size)
		}
	}
	return nil
}
