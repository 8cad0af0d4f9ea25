package datasets

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"repbench/internal/atomicfile"
)

// ErrKeep is wrapped by errors about a keep-list that is malformed, or that names images which
// the data set does not have.
var ErrKeep = errors.New("keep-list")

// keepHeader is the beginning of the first line of a keep-list; the name of the split follows.
const keepHeader = "# keep-list of split "

const (
	maxKeepBytes = 1 << 30 // 20 million ids of 50 bytes
	maxKeepID    = 1 << 12 // bytes of an id, the longest path there is
	shownIDs     = 3       // ids shown in an error
)

// KeepList names the images of one split to be used.
type KeepList struct {
	// Split is "train", "valid", "test" or "extra".
	Split string
	// IDs are the names of the images (Split.IDs) in any order, each once.
	IDs []string
}

// WriteKeepList writes a keep-list: the line "# keep-list of split NAME", then one id per line.
// An id with a line break cannot be written and gives an error wrapping ErrKeep.
func WriteKeepList(path string, k KeepList) error {
	b, err := k.encode()
	if err != nil {
		return fmt.Errorf("%w %s: %w", ErrKeep, path, err)
	}
	return atomicfile.WriteFile(path, b, 0o644)
}

func (k KeepList) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(keepHeader + k.Split + "\n")
	for i, id := range k.IDs {
		if id == "" || len(id) > maxKeepID || strings.ContainsAny(id, "\r\n") {
			return nil, fmt.Errorf("id %d, %.40q, is empty, too long or has a line break", i, id)
		}
		b.WriteString(id)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// ReadKeepList reads a keep-list. A plain list of ids, without the first line that names the
// split, belongs to the training split. Empty lines are skipped. Errors name the file and the
// line.
func ReadKeepList(path string) (KeepList, error) {
	info, err := os.Stat(path)
	if err != nil {
		return KeepList{}, fmt.Errorf("%w: %w", ErrKeep, err)
	}
	if info.Size() > maxKeepBytes {
		return KeepList{}, fmt.Errorf("%w %s has %d bytes; at most %d are read", ErrKeep, path, info.Size(), maxKeepBytes)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return KeepList{}, fmt.Errorf("%w: %w", ErrKeep, err)
	}
	k, err := parseKeepList(b)
	if err != nil {
		return KeepList{}, fmt.Errorf("%w %s: %w", ErrKeep, path, err)
	}
	return k, nil
}

func parseKeepList(b []byte) (KeepList, error) {
	k := KeepList{Split: Train}
	seen := map[string]int{}
	n := 0
	for line := range bytes.Lines(b) {
		n++
		id := strings.TrimRight(string(line), "\r\n")
		if name, ok := strings.CutPrefix(id, keepHeader); ok && n == 1 {
			k.Split = name
			continue
		}
		if id == "" {
			continue
		}
		if len(id) > maxKeepID {
			return k, fmt.Errorf("line %d has %d bytes; an id has at most %d", n, len(id), maxKeepID)
		}
		if first, ok := seen[id]; ok {
			return k, fmt.Errorf("line %d: %q is on line %d already", n, id, first)
		}
		seen[id] = n
		k.IDs = append(k.IDs, id)
	}
	switch {
	case k.Split != Train && k.Split != Valid && k.Split != Test && k.Split != Extra:
		return k, fmt.Errorf("line 1: unknown split %.40q; use train, valid, test or extra", k.Split)
	case len(k.IDs) == 0:
		return k, errors.New("it names no image; a split cannot be empty")
	}
	return k, nil
}

// Restrict returns a data set with the listed images of each split that has a list, in the
// order of ds, and the other splits unchanged. The pixels of restricted splits are copied.
// Errors wrap ErrKeep: for a list of a split that the set does not have, for a second list of a
// split, and for ids that the split does not have, of which the error names the first few.
//
// The hash of the result is the SHA-256 of the hash of ds and, for each split with a list, of
// its name and the ids kept; Source names each list by its own hash. Everything made from the
// result (a cached feature matrix, a run) is thus distinguished from everything made from ds or
// from another list.
func Restrict(ds *Dataset, lists ...KeepList) (*Dataset, error) {
	if len(lists) == 0 {
		return ds, nil
	}
	bySplit := map[string]KeepList{}
	for _, k := range lists {
		if _, err := ds.Split(k.Split); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeep, err)
		}
		if _, ok := bySplit[k.Split]; ok {
			return nil, fmt.Errorf("%w: there are two lists of the split %s", ErrKeep, k.Split)
		}
		bySplit[k.Split] = k
	}
	out := *ds
	out.Splits = nil
	sum := hashWriter{sha256.New()}
	sum.text("repbench restricted data set 1\n")
	sum.text(ds.Hash)
	for _, s := range ds.Splits {
		k, ok := bySplit[s.Name]
		if !ok {
			out.Splits = append(out.Splits, s)
			continue
		}
		part, err := s.restrict(k.IDs)
		if err != nil {
			return nil, fmt.Errorf("%w: data set %s, split %s: %w", ErrKeep, ds.Name, s.Name, err)
		}
		out.Splits = append(out.Splits, part)
		list := idsHash(s.Name, part.IDs)
		sum.text(list)
		out.Source += fmt.Sprintf("; %d of %d images of %s kept, list %.16s", part.Images.N, s.Images.N, s.Name, list)
	}
	out.Hash = hex.EncodeToString(sum.Sum(nil))
	return &out, nil
}

// idsHash returns the SHA-256 of a split's name and its kept ids, in the order of the set, so
// that neither the order of a list nor its empty lines matter.
func idsHash(split string, ids []string) string {
	w := hashWriter{sha256.New()}
	w.text(split)
	for _, id := range ids {
		w.text(id)
	}
	return hex.EncodeToString(w.Sum(nil))
}

// restrict copies the images with the given ids, in the order of s.
func (s *Split) restrict(ids []string) (*Split, error) {
	rows, err := s.rowsOf(ids)
	if err != nil {
		return nil, err
	}
	im := s.Images
	out := &Split{Name: s.Name, Images: Images{N: len(rows), H: im.H, W: im.W, C: im.C}}
	out.Images.Data = make([]uint8, 0, len(rows)*im.Stride())
	if im.Pictures != nil {
		out.Images.Pictures = somePictures{im.Pictures, rows}
	}
	for _, i := range rows {
		out.Images.Data = append(out.Images.Data, im.At(i)...)
		out.IDs = append(out.IDs, s.IDs[i])
		if s.Labels != nil {
			out.Labels = append(out.Labels, s.Labels[i])
		}
		if s.Factors != nil {
			out.Factors = append(out.Factors, s.Factors[i])
		}
	}
	return out, nil
}

// rowsOf returns the positions of ids, ascending.
func (s *Split) rowsOf(ids []string) ([]int, error) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	rows := make([]int, 0, len(ids))
	for i, id := range s.IDs {
		if wanted[id] {
			rows = append(rows, i)
			delete(wanted, id)
		}
	}
	if len(wanted) == 0 {
		return rows, nil
	}
	var first []string
	for _, id := range ids {
		if wanted[id] && len(first) < shownIDs {
			first = append(first, fmt.Sprintf("%.80q", id))
		}
	}
	return nil, fmt.Errorf("%d of the %d ids are not in it: %s, …; the list is of another set or split",
		len(wanted), len(ids), strings.Join(first, ", "))
}

// readKeepLists reads the lists of files.
func readKeepLists(paths []string) ([]KeepList, error) {
	var lists []KeepList
	for _, p := range paths {
		k, err := ReadKeepList(p)
		if err != nil {
			return nil, err
		}
		lists = append(lists, k)
	}
	return lists, nil
}
