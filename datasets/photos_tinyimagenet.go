package datasets

import (
	"bufio"
	"bytes"
	"path"
	"strings"

	"repbench/datasets/internal/content"
)

// The text files of Tiny ImageNet: the classes of the validation images, and the
// names of all of WordNet's classes.
const (
	tinyAnnotations = "val_annotations.txt"
	wordsFile       = "words.txt"
)

// tinyLayout has folders, with the validation images labelled by val_annotations.txt if it
// exists.
var tinyLayout = fileLayout{texts: []string{tinyAnnotations, wordsFile}, assign: assignTiny}

func assignTiny(l *listing) error {
	if err := plainLayout.assign(l); err != nil {
		return err
	}
	for _, name := range l.textNames() {
		text := l.texts[name]
		switch path.Base(name) {
		case wordsFile:
			l.titles = parseTitles(text)
		case tinyAnnotations:
			if err := l.annotate(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// annotate labels the validation images: a line of the text is the name of an image, a tab, its
// class, and a box that is ignored.
func (l *listing) annotate(name string, text []byte) error {
	classes := map[string]string{}
	for n, fields := range textLines(text) {
		if len(fields) < 2 {
			return content.Bad(l.src.Path(), lineOf(name, n), "expected are the name of an image and its class")
		}
		classes[fields[0]] = fields[1]
	}
	for i := range l.items {
		it := &l.items[i]
		if it.split != Valid || it.class != "" {
			continue
		}
		if it.class = classes[path.Base(it.name)]; it.class == "" {
			return content.Bad(l.src.Path(), it.name, "%s does not give its class", name)
		}
	}
	return nil
}

// textLines visits the fields of each line that is not empty, with its number.
func textLines(text []byte) func(yield func(n int, fields []string) bool) {
	return func(yield func(int, []string) bool) {
		s := bufio.NewScanner(bytes.NewReader(text))
		s.Buffer(nil, len(text)+1)
		for n := 1; s.Scan(); n++ {
			fields := strings.FieldsFunc(s.Text(), func(r rune) bool { return strings.ContainsRune(" \t,\r\ufeff", r) })
			if len(fields) > 0 && !yield(n, fields) {
				return
			}
		}
	}
}

// parseTitles reads lines of a class and, after a blank, its readable name.
func parseTitles(text []byte) map[string]string {
	titles := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if i := strings.IndexAny(line, " \t"); i > 0 {
			titles[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return titles
}
