package explore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"repbench/internal/webpage"
	"repbench/vis/forget"
)

// fileOfBoxes is the file of boxes as it was when it was read.
type fileOfBoxes struct {
	boxes []forget.Box
	state string // a hash of the boxes; "" where there is no file
}

// readBoxes reads the file of boxes, where it exists.
func (e *Explorer) readBoxes() (f fileOfBoxes, err error) {
	f.boxes = []forget.Box{}
	if e.o.Boxes == "" {
		return f, nil
	}
	boxes, err := forget.ReadBoxes(e.o.Boxes)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil && len(boxes) > 0 {
		err = forget.CheckBoxes(boxes, e.o.Pool.N, e.o.Generator.Model.Arch.ImageSize)
	}
	if err != nil {
		return f, fmt.Errorf("%w; %s would be overwritten: name another file, or mend this one", err, e.o.Boxes)
	}
	f.boxes = append(f.boxes, boxes...)
	f.state = stateOf(boxes)
	return f, nil
}

// stateOf tells boxes of a file from others.
func stateOf(boxes []forget.Box) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(boxes)))
	return hex.EncodeToString(sum[:8])
}

// boxesRequest has all boxes.
type boxesRequest struct {
	Boxes []forget.Box `json:"boxes"`
	// State is the state of the file as the page knows it.
	State string `json:"state"`
	// Replace says that the boxes of the file may be lost, although the page does not know them.
	Replace bool `json:"replace"`
}

// boxesAnswer has the content of the file of boxes, and the file that was written, "" for none.
type boxesAnswer struct {
	Text  string `json:"text"`
	File  string `json:"file"`
	State string `json:"state"` // of the file
}

// saveBoxes handles api/boxes: it writes the file of boxes, where there is one, and returns its
// content. A file that has changed since the page read it stays, unless the page says that it may
// be replaced; one that holds something else stays in any case.
func (e *Explorer) saveBoxes(_ context.Context, in boxesRequest) (boxesAnswer, error) {
	out := boxesAnswer{File: e.o.Boxes}
	if len(in.Boxes) > 0 {
		if err := forget.CheckBoxes(in.Boxes, e.o.Pool.N, e.o.Generator.Model.Arch.ImageSize); err != nil {
			return out, err
		}
	}
	text, err := forget.MarshalBoxes(in.Boxes)
	if err != nil {
		return out, err
	}
	out.Text = string(text)
	if e.o.Boxes == "" {
		return out, nil
	}
	now, err := e.readBoxes()
	switch {
	case err != nil:
		return out, webpage.Errorf(http.StatusUnprocessableEntity, "nothing was saved: %v", err)
	case now.state != in.State && !in.Replace:
		return out, webpage.Errorf(http.StatusConflict, "%s has changed since this page read it and now holds %d boxes: replace them by the %d of this page? To see them first, load the page again.", e.o.Boxes, len(now.boxes), len(in.Boxes))
	}
	out.State = stateOf(in.Boxes)
	return out, forget.WriteBoxes(e.o.Boxes, in.Boxes)
}
