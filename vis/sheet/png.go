package sheet

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"repbench/internal/atomicfile"
)

// WritePNG writes img to path atomically: to a temporary file in the same folder, which is then
// renamed.
func WritePNG(path string, img image.Image) error {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := atomicfile.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
