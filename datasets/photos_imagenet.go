package datasets

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
)

// imagenetArchives are the files of ILSVRC 2012 as they are distributed.
var imagenetArchives = []string{"ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar", "ILSVRC2012_img_test_v10102019.tar", "ILSVRC2012_img_test.tar"}

var (
	imagenetVal  = regexp.MustCompile(`^ILSVRC2012_val_(\d{8})\.JPEG$`)
	imagenetTest = regexp.MustCompile(`^ILSVRC2012_test_\d{8}\.JPEG$`)
	// wnidFolder matches a WordNet number, the name of a class; wnidFile matches the name of a
	// training image.
	wnidFolder = regexp.MustCompile(`^n\d{8}$`)
	wnidFile   = regexp.MustCompile(`^(n\d{8})_`)
)

// planImageNet lists ImageNet's archives, or the folders with their unpacked content. A folder
// with the archives stands for them. The classes of the validation images are read from a file
// among the paths or next to the images.
func planImageNet(ctx context.Context, paths []string, o Options) (*Plan, error) {
	images, truths, err := imagenetFiles(paths)
	if err != nil {
		return nil, err
	}
	if len(images) == 0 {
		return nil, content.Bad(strings.Join(paths, ","), "", "there are no images among these files")
	}
	sources, err := openSources(images, o)
	if err != nil {
		return nil, err
	}
	for i, src := range sources {
		sources[i] = archive.Nested{Source: src}
	}
	t := &imagenetTruth{}
	lay := fileLayout{texts: imagenetTexts, beside: truthDocuments, assign: func(l *listing) error {
		if err := t.load(ctx, l, truths); err != nil {
			return err
		}
		return l.assignImageNet(t)
	}}
	return planSources(ctx, catalog.NameImageNet, sources, lay, o)
}

// imagenetFiles separates the images from the files that define classes.
func imagenetFiles(paths []string) (images, truths []string, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, content.Missing(err)
		case err != nil:
			return nil, nil, err
		case isTruthName(filepath.Base(p)):
			truths = append(truths, p)
		case !info.IsDir():
			images = append(images, p)
			truths = append(truths, truthsIn(filepath.Dir(p))...)
		default:
			archives := present(p, imagenetArchives)
			if len(archives) == 0 {
				archives = []string{p}
			}
			images = append(images, archives...)
			truths = append(truths, truthsIn(p)...)
		}
	}
	return images, truths, nil
}

// present returns the paths of the named files that exist in a folder.
func present(dir string, names []string) []string {
	var out []string
	for _, n := range names {
		if p := filepath.Join(dir, n); exists(p) {
			out = append(out, p)
		}
	}
	return out
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// assignImageNet derives split and class only from the names of files and folders, so that
// archives and unpacked folders give the same set.
func (l *listing) assignImageNet(t *imagenetTruth) error {
	for i := range l.items {
		it := &l.items[i]
		base, dirs := path.Base(it.name), dirsOf(it.name)
		at := slices.IndexFunc(dirs, wnidFolder.MatchString)
		if at >= 0 {
			it.class = dirs[at]
		}
		if m := imagenetVal.FindStringSubmatch(base); m != nil {
			it.split, it.id = Valid, "val/"+base
			if it.class == "" {
				var err error
				if it.class, err = t.class(m[1]); err != nil {
					return content.Bad(l.src.Path(), it.name, "%v", err)
				}
			}
			continue
		}
		if imagenetTest.MatchString(base) {
			it.split, it.class, it.id = Test, "", "test/"+base
			continue
		}
		if m := wnidFile.FindStringSubmatch(base); m != nil && it.class == "" {
			it.class = m[1]
		}
		if it.class == "" {
			return content.Bad(l.src.Path(), it.name, "its name is not that of an image of ImageNet, and no folder names its class; move or remove it")
		}
		it.split = Train
		for _, d := range dirs[:max(at, 0)] {
			if s := splitOf[strings.ToLower(d)]; s != "" {
				it.split = s
			}
		}
		it.id = it.split + "/" + it.class + "/" + base
	}
	l.titles = t.titles
	return nil
}

// needsTruth reports whether there are validation images whose folder does not name their
// class.
func (l *listing) needsTruth() bool {
	return slices.ContainsFunc(l.items, func(it item) bool {
		return imagenetVal.MatchString(path.Base(it.name)) && !slices.ContainsFunc(dirsOf(it.name), wnidFolder.MatchString)
	})
}

// trainClasses returns the sorted classes named by the folders of training images.
func (l *listing) trainClasses() []string {
	seen := map[string]bool{}
	for _, it := range l.items {
		for _, d := range dirsOf(it.name) {
			if wnidFolder.MatchString(d) {
				seen[d] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for c := range seen {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// valNumber returns the number in the name of a validation image, 0 for other names.
func valNumber(name string) int {
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), ".JPEG")
	digits, ok := strings.CutPrefix(base, "ILSVRC2012_val_")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 {
		return 0
	}
	return n
}
