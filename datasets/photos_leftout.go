package datasets

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/picture"
)

var errNotRead = errors.New("only JPEG, PNG and WebP images are read; convert it")

// looksLikeImage reports, by its first bytes, whether a file of unknown suffix is an image of
// the set. A file with another suffix than an image's may be a copy or a part of another one
// and gives an error, and so does a picture of an unsupported format.
func looksLikeImage(e archive.Entry) (isImage bool, err error) {
	head, err := e.Head(picture.HeadBytes)
	if err != nil {
		return false, err
	}
	switch format, read := picture.FormatOf(head); {
	case format == "":
		return false, nil
	case !read:
		return false, fmt.Errorf("it is a %s picture; %w", format, errNotRead)
	case picture.SuffixOf(e.Name) == "":
		return true, nil
	default:
		return false, fmt.Errorf("it is a %s image with the suffix %s; give it a suffix of images (.jpg, .png, .webp), or move it out of the set", format, picture.SuffixOf(e.Name))
	}
}

// leftOut counts the files of a set that are not images of it.
type leftOut struct {
	bySuffix map[string]int
	first    string
}

func (l *leftOut) add(name string) {
	if l.bySuffix == nil {
		l.bySuffix, l.first = map[string]int{}, name
	}
	l.bySuffix[picture.SuffixOf(name)]++
}

// leftOutSuffixes is the largest number of suffixes named in a note.
const leftOutSuffixes = 5

// leftOut returns the note about files that are not images, empty if there are none.
func (s *imageSet) leftOut() []string {
	var all leftOut
	total := 0
	for _, l := range s.lists {
		for suffix, n := range l.left.bySuffix {
			if all.bySuffix == nil {
				all = leftOut{map[string]int{}, l.left.first}
			}
			all.bySuffix[suffix] += n
			total += n
		}
	}
	if total == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Among the files of the set %d are no images and were left out: %s (the first is %s).", total, all.text(), content.Shown(all.first))}
}

// text lists the numbers of files by suffix, the most frequent first.
func (l leftOut) text() string {
	names := make([]string, 0, len(l.bySuffix))
	for suffix := range l.bySuffix {
		names = append(names, suffix)
	}
	slices.SortFunc(names, func(a, b string) int {
		if l.bySuffix[a] != l.bySuffix[b] {
			return l.bySuffix[b] - l.bySuffix[a]
		}
		return strings.Compare(a, b)
	})
	var parts []string
	rest := 0
	for i, suffix := range names {
		switch n := l.bySuffix[suffix]; {
		case i >= leftOutSuffixes:
			rest += n
		case suffix == "":
			parts = append(parts, fmt.Sprintf("%d without a suffix", n))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, content.Shown(suffix)))
		}
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d others", rest))
	}
	return strings.Join(parts, ", ")
}
