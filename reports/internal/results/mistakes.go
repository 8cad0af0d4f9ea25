package results

import (
	"bytes"
	"errors"
	"fmt"
	"image"
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
	img, err := readPNG(b, MaxPNGBytes, maxPNGSide, maxPNGSide)
	if err != nil {
		return nil, 0, 0, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, 0, 0, fmt.Errorf("png: %w", err)
	}
	return out.Bytes(), img.Bounds().Dx(), img.Bounds().Dy(), nil
}

// maxStripBytes bounds the picture of a pair.
const maxStripBytes = 512 << 10

// CleanStrip reads a picture of n images of one size side by side.
func CleanStrip(b []byte, n int) (image.Image, error) {
	img, err := readPNG(b, maxStripBytes, n*maxPNGSide, maxPNGSide)
	if err != nil {
		return nil, err
	}
	if w := img.Bounds().Dx(); n < 1 || w%n != 0 {
		return nil, fmt.Errorf("png is %d pixels wide, which is no multiple of %d images", w, n)
	}
	return img, nil
}

// readPNG decodes a picture within limits.
func readPNG(b []byte, maxBytes, maxW, maxH int) (image.Image, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("png has %d bytes; at most %d are read", len(b), maxBytes)
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("png is not a PNG file: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxW || c.Height > maxH {
		return nil, fmt.Errorf("png has %d×%d pixels; 1 to %d×%d are read", c.Width, c.Height, maxW, maxH)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("png is damaged: %w", err)
	}
	return img, nil
}
