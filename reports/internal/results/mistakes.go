package results

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"

	"repbench/eval"
)

// checkMistakes checks the mistakes of a result on k classes (0: not known).
func checkMistakes(ms []eval.Mistake, k int) error {
	if len(ms) > MaxMistakes {
		return fmt.Errorf("mistakes has %d entries; at most %d can be reported", len(ms), MaxMistakes)
	}
	var err error
	for i, m := range ms {
		err = errors.Join(err, prefix(fmt.Sprintf("mistakes[%d]: ", i), checkMistake(m, k)))
	}
	return err
}

func checkMistake(m eval.Mistake, k int) error {
	class := func(c int32) bool { return c >= 0 && (k == 0 || int(c) < k) }
	switch {
	case !class(m.Truth) || !class(m.Predicted):
		return fmt.Errorf("truth %d and predicted %d must be among %d classes", m.Truth, m.Predicted, k)
	case m.Truth == m.Predicted:
		return fmt.Errorf("class %d is both true and predicted", m.Truth)
	case m.Row < 0:
		return fmt.Errorf("row is %d; it must not be negative", m.Row)
	case !(m.Margin >= 0) || math.IsInf(m.Margin, 0):
		return fmt.Errorf("margin is %v; the predicted class must score at least as high as the true one", m.Margin)
	case len(m.PNG) == 0:
		return nil
	}
	_, _, _, err := CleanPNG(m.PNG)
	return err
}

// CleanPNG checks a small picture and writes it anew, so that a report holds
// its pixels and nothing else.
func CleanPNG(b []byte) (clean []byte, w, h int, err error) {
	if len(b) > MaxPNGBytes {
		return nil, 0, 0, fmt.Errorf("png has %d bytes; at most %d are read", len(b), MaxPNGBytes)
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, fmt.Errorf("png is not a PNG file: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPNGSide || c.Height > maxPNGSide {
		return nil, 0, 0, fmt.Errorf("png has %d×%d pixels; 1 to %d a side are read", c.Width, c.Height, maxPNGSide)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, fmt.Errorf("png is damaged: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, 0, 0, fmt.Errorf("png: %w", err)
	}
	return out.Bytes(), c.Width, c.Height, nil
}
