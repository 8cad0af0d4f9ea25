package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/exif"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

const (
	// maxIDs limits the size of a file of names: a hundred bytes for each of ten million.
	maxIDs = 1 << 30
	// hashStep is the number of bytes read at a time to check a set.
	hashStep = 1 << 20
)

// openPrepared maps a folder written by data prepare. Its pixels stay on disk, mapped until the
// process ends. All pixels are read once, to check the hash.
func openPrepared(ctx context.Context, dir string, o Options) (*Dataset, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		if sizes := preparedSizes(dir); os.IsNotExist(err) && len(sizes) > 0 {
			return nil, fmt.Errorf("%w: %s holds the same set prepared at sizes %s, each a folder of its own: take %s, say",
				content.ErrMissing, dir, strings.Join(sizes, ", "), "prepared:"+filepath.Join(dir, sizes[0]))
		}
		if os.IsNotExist(err) {
			return nil, fmt.Errorf("%w: %s is no prepared folder, or its preparation is not finished: %w", content.ErrMissing, dir, err)
		}
		return nil, err
	}
	if o.ExifRotate && !m.ExifRotate {
		return nil, content.Bad(dir, "", "it was prepared without --exif-rotate, and what is prepared cannot be turned; prepare it again with --exif-rotate, or leave the flag out here")
	}
	d := &Dataset{Name: m.Name, Source: dir, Classes: m.Classes, Titles: m.Titles, Notes: m.notes()}
	for _, ms := range m.Splits {
		s, err := m.openSplit(dir, ms)
		if err != nil {
			return nil, fmt.Errorf("%w%s", err, again)
		}
		d.Splits = append(d.Splits, s)
	}
	if d.Hash, err = m.ContentHash(ctx, dir, o.Progress); err != nil {
		return nil, err
	}
	if d.Hash != m.Hash {
		return nil, content.Bad(dir, "", "the content has hash %s, and the manifest says %s: a file was changed or damaged%s", d.Hash, m.Hash, again)
	}
	return d, nil
}

// notes say what a user should know about how the set was prepared.
func (m *Manifest) notes() []string {
	of := len(m.Bad)
	for _, s := range m.Splits {
		of += s.Images
	}
	if n := exif.NotePrepared(m.Oriented, of); n != "" && !m.ExifRotate {
		return []string{n}
	}
	return nil
}

// preparedSizes are the folders of sizes in what data prepare wrote at several of them,
// the smallest first.
func preparedSizes(dir string) []string {
	manifests, _ := filepath.Glob(filepath.Join(dir, "*", ManifestFile)) // a pattern in dir finds nothing, which does no harm
	var sizes []int
	for _, m := range manifests {
		if n, err := strconv.Atoi(filepath.Base(filepath.Dir(m))); err == nil && n > 0 {
			sizes = append(sizes, n)
		}
	}
	slices.Sort(sizes)
	var names []string
	for _, n := range sizes {
		names = append(names, strconv.Itoa(n))
	}
	return names
}

func (m *Manifest) openSplit(dir string, ms ManifestSplit) (*Split, error) {
	path := filepath.Join(dir, ms.ImagesFile())
	mapped, err := npy.Map(path)
	if err != nil {
		return nil, err
	}
	if want := []int{ms.Images, m.Size, m.Size, m.Channels}; !slices.Equal(mapped.Header().Shape, want) {
		return nil, content.Bad(path, "", "its shape is %v, and the manifest says %v", mapped.Header().Shape, want)
	}
	pix, err := npy.MappedSlice[uint8](mapped)
	if err != nil {
		return nil, err
	}
	s := &Split{Name: ms.Name, Images: Images{Data: pix, N: ms.Images, H: m.Size, W: m.Size, C: m.Channels}}
	if s.Labels, err = m.labels(dir, ms); err != nil {
		return nil, err
	}
	if s.IDs, err = ms.readIDs(dir); err != nil {
		return nil, err
	}
	if err := s.check(len(m.Classes)); err != nil {
		return nil, content.Bad(dir, ms.Name, "%v", err)
	}
	return s, nil
}

// labels reads the labels of a split; nil if it has none.
func (m *Manifest) labels(dir string, ms ManifestSplit) ([]int32, error) {
	if !ms.Labelled {
		return nil, nil
	}
	path := filepath.Join(dir, ms.LabelsFile())
	shape, labels, err := npy.Read[int32](path)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(shape, []int{ms.Images}) {
		return nil, content.Bad(path, "", "its shape is %v for %d images", shape, ms.Images)
	}
	return labels, nil
}

// readIDs reads the names of the images, one per line.
func (s ManifestSplit) readIDs(dir string) ([]string, error) {
	path, n := filepath.Join(dir, s.IDsFile()), s.Images
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := archive.ReadLimited(nil, f, maxIDs)
	if err != nil {
		return nil, content.BadRead(path, "", err)
	}
	ids := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(ids) != n {
		return nil, content.Bad(path, "", "it has %d names for %d images", len(ids), n)
	}
	if hash := sha256.Sum256(text); s.IDsHash != "" && s.IDsHash != hex.EncodeToString(hash[:]) {
		return nil, content.Bad(path, "", "the names are not those that were written: the file was changed or damaged")
	}
	return ids, nil
}

// ContentHash computes the hash of the set in a prepared folder from its files, which are read
// in pieces and need not be mapped.
func (m *Manifest) ContentHash(ctx context.Context, dir string, p progress.Reporter) (string, error) {
	var splits []*Split
	total := int64(0)
	for _, ms := range m.Splits {
		s := &Split{Name: ms.Name, Images: Images{N: ms.Images, H: m.Size, W: m.Size, C: m.Channels}}
		var err error
		if s.Labels, err = m.labels(dir, ms); err != nil {
			return "", err
		}
		splits = append(splits, s)
		total += int64(ms.Images) * int64(s.Images.Stride())
	}
	task := progress.Or(p).Start("check", total, "bytes")
	defer task.Done()
	return hashContent(m.Classes, splits, func(w io.Writer, s *Split) error {
		return copyPixels(ctx, w, filepath.Join(dir, s.Name+"_images.npy"), int64(s.Images.N)*int64(s.Images.Stride()), task)
	})
}

// copyPixels writes the n bytes of data in an array file to w.
func copyPixels(ctx context.Context, w io.Writer, path string, n int64, task progress.Task) error {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := io.NewSectionReader(f, h.Offset, n)
	buf := make([]byte, hashStep)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, err := r.Read(buf)
		w.Write(buf[:k]) // a hash accepts all bytes
		task.Add(int64(k))
		if n -= int64(k); err == io.EOF && n == 0 {
			return nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return content.BadRead(path, "", err)
		}
	}
}
