package explore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"repbench/vis/forget"
)

// readBoxes reads the file of boxes, where it exists.
func (e *Explorer) readBoxes() error {
	e.boxes = []forget.Box{}
	if e.o.Boxes == "" {
		return nil
	}
	boxes, err := forget.ReadBoxes(e.o.Boxes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(boxes) > 0 {
		err = forget.CheckBoxes(boxes, e.o.Pool.N, e.o.Generator.Model.Arch.ImageSize)
	}
	if err != nil {
		return fmt.Errorf("%w; %s would be overwritten: name another file, or mend this one", err, e.o.Boxes)
	}
	e.boxes = append(e.boxes, boxes...)
	return nil
}

// boxesRequest has all boxes.
type boxesRequest struct {
	Boxes []forget.Box `json:"boxes"`
}

// boxesAnswer has the content of the file of boxes, and the file that was written, "" for none.
type boxesAnswer struct {
	Text string `json:"text"`
	File string `json:"file"`
}

// saveBoxes handles api/boxes: it writes the file of boxes, where there is one, and returns its
// content.
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
	if err := forget.WriteBoxes(e.o.Boxes, in.Boxes); err != nil {
		return out, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.boxes = append([]forget.Box{}, in.Boxes...)
	return out, nil
}
