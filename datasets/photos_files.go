package datasets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"slices"
	"sync/atomic"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/jpegscale"
	"repbench/datasets/internal/picture"
	"repbench/datasets/resize"
	"repbench/internal/tasks"
)

// photoFile is an image file that is decoded when it is asked for.
type photoFile struct {
	file, name string // for errors
	read       func(buf []byte) ([]byte, error)
	stored     exif.Orientation // in the file
	turn       exif.Orientation // to be done
	sum        [sha256.Size]byte
}

// photoFiles are the files of a split.
type photoFiles []photoFile

func (p photoFiles) Sum(i int) [sha256.Size]byte { return p[i].sum }

func (p photoFiles) Picture(d *PictureDecoder, i int, v resize.View) (resize.Image, error) {
	data, err := p[i].read(d.file[:0])
	if err != nil {
		return resize.Image{}, err
	}
	d.file = data
	if p[i].sumOf(data) != p[i].sum {
		return resize.Image{}, &content.Error{File: p[i].file, Record: p[i].name, Reason: errChanged}
	}
	im, err := d.decode(data, p[i].turn, v)
	if err != nil {
		return im, imageError(p[i].file, p[i].name, err)
	}
	return im, nil
}

// openFiles lists the files of a plan and reads each once for its hash and its header; no pixel is
// decoded. Several goroutines read.
func (p *Plan) openFiles(ctx context.Context, o Options) (*Dataset, error) {
	files := map[string]photoFiles{}
	for _, s := range p.Splits {
		files[s.Name] = make(photoFiles, len(s.IDs))
	}
	err := p.Walk(ctx, func(it Item) error {
		if !it.Keeps {
			return content.Bad(it.File, it.Name, "images of any size are read one by one in any order, and this archive is compressed as a whole: unpack it and give the folder, or prepare the set (%s)", o.prepareCommand())
		}
		files[it.Split][it.Pos] = photoFile{file: it.File, name: it.Name, read: it.Read}
		return nil
	})
	if err != nil {
		return nil, err
	}
	oriented, err := p.sums(ctx, files, o)
	if err != nil {
		return nil, err
	}
	notes := slices.Clone(p.Notes)
	if n := exif.Note(oriented, p.Count(), o.ExifRotate); n != "" {
		notes = append(notes, n)
	}
	for _, s := range p.Splits {
		s.Images = Images{N: len(s.IDs), Pictures: files[s.Name]}
	}
	return finish(&Dataset{Name: p.Name, Source: p.Source, Classes: p.Classes, Titles: p.Titles, Splits: p.Splits, Notes: notes})
}

// sums hashes all files and counts those that are not stored upright. Of several failures the
// earliest is returned.
func (p *Plan) sums(ctx context.Context, files map[string]photoFiles, o Options) (oriented int, err error) {
	task := o.Progress.Start("hash files", int64(p.Count()), "images")
	defer task.Done()
	var turned atomic.Int64
	buffers := make([][]byte, max(1, o.Threads))
	for _, s := range p.Splits {
		list := files[s.Name]
		failed := make([]error, len(list))
		tasks.Do(o.Threads, len(list), func(worker, i int) {
			if ctx.Err() != nil {
				return
			}
			f := &list[i]
			if buffers[worker], failed[i] = f.examine(buffers[worker], o.ExifRotate); f.stored != exif.Upright {
				turned.Add(1)
			}
			task.Add(1)
		})
		for _, err := range failed {
			if err != nil {
				return 0, err
			}
		}
	}
	return int(turned.Load()), ctx.Err()
}

// examine reads the file once, into buf, which it returns.
func (f *photoFile) examine(buf []byte, rotate bool) ([]byte, error) {
	f.stored, f.turn = exif.Upright, exif.Upright
	data, err := f.read(buf[:0])
	if err != nil {
		return buf, err
	}
	_, stored, err := picture.TurnedConfig(data, rotate)
	if err != nil {
		return data, imageError(f.file, f.name, err)
	}
	if f.stored = stored; rotate {
		f.turn = stored
	}
	f.sum = f.sumOf(data)
	return data, nil
}

// sumOf is the hash of the file's content and of what is turned.
func (f *photoFile) sumOf(data []byte) [sha256.Size]byte {
	sum := sha256.Sum256(data)
	if f.turn != exif.Upright {
		sum = sha256.Sum256(fmt.Appendf(sum[:], " turned %d", f.turn))
	}
	return sum
}

// errChanged is about a file that is not the one whose hash is the data set's.
const errChanged = "the file changed after the program had opened the data set, whose hash would be wrong for the new content: leave the files as they are while a program reads them, and give the command again (with another folder for its results)"

// PictureDecoder decodes image files one after another and reuses its memory. The zero value is
// ready to use, by one goroutine at a time.
type PictureDecoder struct {
	jpeg   jpegscale.Decoder
	other  picture.Decoder
	scaler resize.Scaler
	file   []byte
	pix    []uint8
	turned []uint8
}

// decode decodes a file at full size. JPEG files are decoded as libjpeg does, and of them only the
// part that the view shows.
func (d *PictureDecoder) decode(data []byte, turn exif.Orientation, v resize.View) (resize.Image, error) {
	if !bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return d.decodeOther(data, turn, v)
	}
	w, h, err := jpegscale.Size(data)
	if err != nil {
		return resize.Image{}, err
	}
	shownW, shownH := turn.Size(w, h)
	part, err := d.scaler.ViewRegion(resize.Image{W: shownW, H: shownH}, v)
	if err != nil {
		return resize.Image{}, err
	}
	im, err := d.jpeg.DecodeRegion(data, 1, turn.Stored(part, w, h))
	if errors.Is(err, jpegscale.ErrUnsupported) {
		return d.decodeOther(data, turn, v)
	}
	if err != nil {
		return resize.Image{}, err
	}
	return d.upright(im.Pix, image.Pt(w, h), im.C, turn, part), nil
}

// decodeOther decodes files that package jpegscale does not read. What cannot be shown in that view
// is not decoded.
func (d *PictureDecoder) decodeOther(data []byte, turn exif.Orientation, v resize.View) (resize.Image, error) {
	cfg, err := picture.ImageConfig(data)
	if err != nil {
		return resize.Image{}, err
	}
	size, channels := image.Pt(cfg.Width, cfg.Height), picture.Channels(cfg)
	w, h := turn.Size(size.X, size.Y)
	if _, err := d.scaler.ViewRegion(resize.Image{W: w, H: h}, v); err != nil {
		return resize.Image{}, err
	}
	d.pix = slices.Grow(d.pix[:0], size.X*size.Y*channels)[:size.X*size.Y*channels]
	if err := d.other.Decode(d.pix, data, channels); err != nil {
		return resize.Image{}, err
	}
	return d.upright(d.pix, size, channels, turn, image.Rect(0, 0, w, h)), nil
}

// upright turns the part that is shown.
func (d *PictureDecoder) upright(pix []uint8, stored image.Point, channels int, turn exif.Orientation, part image.Rectangle) resize.Image {
	w, h := turn.Size(stored.X, stored.Y)
	if turn != exif.Upright {
		d.turned = slices.Grow(d.turned[:0], len(pix))[:len(pix)]
		turn.Turn(d.turned, pix, stored.X, stored.Y, channels, part)
		pix = d.turned
	}
	return resize.Image{Pix: pix, W: w, H: h, C: channels}
}
