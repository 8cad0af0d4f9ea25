package prepare

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/datasets"
	"repbench/internal/atomicfile"
	"repbench/internal/npy"
)

// part is the array of one split at one size during the work: a whole .npy file for all images
// of the split, including bad ones, in the work folder.
type part struct {
	path   string
	file   *os.File
	header []byte
	stride int
	n      int
}

// parts holds the arrays of all splits, for each size.
type parts struct{ of [][]*part } // by size, split

// newPart describes the array of split s at size n.
func newPart(t target, f *feed, s *datasets.Split, n int) *part {
	shape := []int{len(s.IDs), n, n, f.channels}
	return &part{
		path:   t.work(fmt.Sprintf("%d_%s_images.npy", n, s.Name)),
		header: npy.EncodeHeader(npy.Uint8, shape),
		stride: n * n * f.channels,
		n:      len(s.IDs),
	}
}

// openParts opens the arrays, and creates absent ones.
func openParts(t target, f *feed, o Options) (*parts, error) {
	p := &parts{}
	for _, n := range o.Sizes {
		var row []*part
		for _, s := range f.splits {
			part := newPart(t, f, s, n)
			if err := part.open(); err != nil {
				p.close()
				return nil, err
			}
			row = append(row, part)
		}
		p.of = append(p.of, row)
	}
	return p, nil
}

// open writes the header and extends the file to its full size; pixels written earlier are
// kept.
func (p *part) open() (err error) {
	if p.file, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return err
	}
	if _, err = p.file.WriteAt(p.header, 0); err == nil {
		err = p.file.Truncate(int64(len(p.header)) + int64(p.n)*int64(p.stride))
	}
	return err
}

// offset returns the position of image i.
func (p *part) offset(i int) int64 { return int64(len(p.header)) + int64(i)*int64(p.stride) }

// write writes the pixels of a job, at the sizes without an error, to their positions. It may
// be called from several goroutines.
func (p *parts) write(j *job) error {
	for i, row := range p.of {
		part := row[j.split]
		if j.errs[i] != nil {
			continue
		}
		if _, err := part.file.WriteAt(j.outs[i], part.offset(j.pos)); err != nil {
			return err
		}
	}
	return nil
}

// sync waits until all pixels are on disk.
func (p *parts) sync() error {
	for _, row := range p.of {
		for _, part := range row {
			if err := part.file.Sync(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parts) close() {
	for _, row := range p.of {
		for _, part := range row {
			part.file.Close()
		}
	}
}

// publish moves an array to its final place. Without bad images it is renamed; otherwise the
// good images are copied. An array published by an earlier, killed run is kept.
func (p *part) publish(final string, bad map[int]bool) error {
	if _, err := os.Stat(p.path); errors.Is(err, fs.ErrNotExist) {
		if _, err := npy.ReadHeader(final); err != nil {
			return err
		}
		return nil
	}
	if len(bad) == 0 {
		return atomicfile.Rename(p.path, final)
	}
	if err := p.copyGood(final, bad); err != nil {
		return err
	}
	return os.Remove(p.path)
}

func (p *part) copyGood(final string, bad map[int]bool) error {
	in, err := os.Open(p.path)
	if err != nil {
		return err
	}
	defer in.Close()
	h, err := npy.ReadHeader(p.path)
	if err != nil {
		return err
	}
	shape := append([]int{p.n - len(bad)}, h.Shape[1:]...)
	out, err := atomicfile.Create(final)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.Write(npy.EncodeHeader(npy.Uint8, shape)); err != nil {
		return err
	}
	for lo := 0; lo < p.n; { // ranges of good images
		hi := lo
		for hi < p.n && !bad[hi] {
			hi++
		}
		if _, err := io.Copy(out, io.NewSectionReader(in, p.offset(lo), int64(hi-lo)*int64(p.stride))); err != nil {
			return err
		}
		lo = hi + 1
	}
	return out.Commit()
}

// writeNames writes labels and names of the good images of a split, and puts the hash of the
// names into its description.
func writeNames(dir string, ms *datasets.ManifestSplit, s *datasets.Split, bad map[int]bool) error {
	f, err := atomicfile.Create(filepath.Join(dir, ms.IDsFile()))
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	out := io.MultiWriter(f, sum)
	var labels []int32
	var text []byte
	for i, id := range s.IDs {
		if bad[i] {
			continue
		}
		if text = append(append(text, id...), '\n'); len(text) > 1<<16 {
			if _, err := out.Write(text); err != nil {
				return err
			}
			text = text[:0]
		}
		if s.Labels != nil {
			labels = append(labels, s.Labels[i])
		}
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	ms.IDsHash = hex.EncodeToString(sum.Sum(nil))
	if err := f.Commit(); err != nil || !ms.Labelled {
		return err
	}
	return npy.Write(filepath.Join(dir, ms.LabelsFile()), []int{len(labels)}, labels)
}
