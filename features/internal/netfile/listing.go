package netfile

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/shapes"

	"repbench/backends"
	"repbench/features/internal/encoder"
	"repbench/features/internal/onnx"
)

// question is the value of output= and preset= that asks what there is.
const question = "?"

// Listing answers a specification that asks what there is.
type Listing struct {
	// Values are the values that output= can name.
	Values []onnx.Shaped `json:"values,omitempty"`
	// Presets are the sets of settings that preset= can name.
	Presets []Preset `json:"presets,omitempty"`
}

// Asks reports whether the text after "onnx:" asks for a listing.
func Asks(text string) bool {
	for _, part := range strings.Split(text, ",") {
		if part == "output="+question || part == "preset="+question {
			return true
		}
	}
	return false
}

// List answers a text that asks. The other settings hold: the shapes are those for size=.
func List(text string, b *backends.Backend) (*Listing, error) {
	var rest []string
	var values, sets bool
	for _, part := range strings.Split(text, ",") {
		switch part {
		case "output=" + question:
			values = true
		case "preset=" + question:
			sets = true
		default:
			rest = append(rest, part)
		}
	}
	l := &Listing{}
	if sets {
		l.Presets = Presets()
	}
	if !values {
		return l, nil
	}
	text = strings.Join(rest, ",")
	file, in, err := ParseNet(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s:%s: %w", encoder.ErrSpec, netName, text, err)
	}
	model, err := onnx.Open(file)
	if err != nil {
		return nil, err
	}
	image, err := model.Image()
	if err == nil {
		in.given["shorter"] = true // no image is resized: a preset for networks of another size lists, too
		err = in.Resolve(image.Dims)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	batch := unmeasured
	if image.Dims != nil && image.Dims[0] != 0 {
		batch = image.Dims[0]
	}
	l.Values, err = model.Values(b.Compute, shapes.Make(image.Feed(), batch, in.Height, in.Width, in.Channels), in.Layout == layoutNHWC)
	return l, err
}

// Text is the listing for people.
func (l *Listing) Text() string {
	var b strings.Builder
	if l.Values != nil {
		b.WriteString("output=NAME takes features from a value of the network, output=A+B from several (N is the batch):\n")
	}
	for _, v := range l.Values {
		kind := v.Op
		if v.Output {
			kind += ", an output"
		}
		fmt.Fprintf(&b, "  %-12s %s (%s)\n", dimsText(v.Dims), v.Name, kind)
	}
	if l.Presets != nil {
		b.WriteString("preset=NAME feeds images as a network's authors do:\n")
	}
	for _, p := range l.Presets {
		fmt.Fprintf(&b, "  %s: %s\n", p.Name, p.text())
	}
	return b.String()
}

// text describes the settings of a preset.
func (p Preset) text() string {
	var sizes []string
	for _, s := range p.Sizes {
		sizes = append(sizes, fmt.Sprintf("size=%d,shorter=%d", s.Size, s.Shorter))
	}
	text := strings.Join(sizes, " or ")
	if p.Any {
		text += ", or any size, shorter= the same"
	}
	return fmt.Sprintf("%s, crop=center,resize=%s,round=8bit,mean=%s,std=%s", text, p.Resize, list(p.Mean), list(p.Std))
}

func list(numbers []float64) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(numbers)), ","), "[]")
}

// dimsText is N×197×768.
func dimsText(dims []int) string {
	text := "N"
	for _, d := range dims[1:] {
		text += fmt.Sprintf("×%d", d)
	}
	return text
}
