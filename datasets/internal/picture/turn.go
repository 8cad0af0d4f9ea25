package picture

import (
	"image"

	"repbench/datasets/internal/exif"
)

// TurnedConfig is ImageConfig with the shown size, which the orientation can change if rotate
// is true, and with the orientation in the file.
func TurnedConfig(data []byte, rotate bool) (image.Config, exif.Orientation, error) {
	cfg, err := ImageConfig(data)
	if err != nil {
		return cfg, exif.Upright, err
	}
	o := exif.Of(data)
	if rotate {
		cfg.Width, cfg.Height = o.Size(cfg.Width, cfg.Height)
	}
	return cfg, o, nil
}

// DecodeTurned is Decode for an image that is then turned; w×h is its turned size.
func (d *Decoder) DecodeTurned(dst, data []byte, w, h, channels int, o exif.Orientation) error {
	if o == exif.Upright {
		return d.Decode(dst, data, channels)
	}
	d.stored = grow(d.stored, len(dst))
	if err := d.Decode(d.stored, data, channels); err != nil {
		return err
	}
	storedW, storedH := o.Size(w, h)
	o.Turn(dst, d.stored, storedW, storedH, channels, image.Rect(0, 0, w, h))
	return nil
}
