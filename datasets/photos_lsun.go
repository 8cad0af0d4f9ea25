package datasets

import (
	"context"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
)

// planLSUN lists the images of one category. Its sources are the distributed LMDB folders,
// packed or not, a folder with <category>_train_lmdb and <category>_val_lmdb (or .zip), or
// folders and archives of the exported images. There are no classes.
func planLSUN(ctx context.Context, category string, paths []string, o Options) (*Plan, error) {
	var sources []archive.Source
	for _, p := range paths {
		for _, part := range lsunParts(p, category) {
			found, err := openLSUN(part, category, o)
			if err != nil {
				return nil, err
			}
			sources = append(sources, found...)
		}
	}
	return planSources(ctx, catalog.NameLSUN+":"+category, sources, fileLayout{assign: assignLSUN}, o)
}

// lsunParts returns the LMDB folders of a category below a folder, or their archives, or the
// path itself if there are none.
func lsunParts(p, category string) []string {
	var parts []string
	for _, part := range []string{"_train_lmdb", "_val_lmdb"} {
		if found := present(p, []string{category + part, category + part + ".zip"}); len(found) > 0 {
			parts = append(parts, found[0])
		}
	}
	if len(parts) == 0 {
		return []string{p}
	}
	return parts
}

// openLSUN opens an LMDB folder, its file, a zip file with such folders, or images in
// another form.
func openLSUN(p, category string, o Options) ([]archive.Source, error) {
	file := p
	if f := filepath.Join(p, archive.LMDBFile); exists(f) {
		file = f
	}
	if filepath.Base(file) != archive.LMDBFile {
		src, err := archive.Open(p, o.FollowLinks)
		if err != nil {
			return nil, err
		}
		if found, err := archive.ZippedLMDB(src, category+"_", o.MaxBytes); err != nil || len(found) > 0 {
			return found, err
		}
		return []archive.Source{src}, nil
	}
	src, err := archive.OpenLMDB(file)
	if err != nil {
		return nil, err
	}
	return []archive.Source{src}, nil
}

// lsunVal matches the folder of validation images in a path.
var lsunVal = regexp.MustCompile(`(^|[/_])val([/_.]|$)`)

// assignLSUN derives the split from the names of the source and its folders. Images are named
// after their file, which is their key, in any folder.
func assignLSUN(l *listing) error {
	source, err := filepath.Abs(l.src.Path())
	if err != nil {
		return err
	}
	source = filepath.ToSlash(source)
	if strings.HasSuffix(source, "/"+archive.LMDBFile) {
		source = path.Dir(source)
	}
	all := lsunVal.MatchString(path.Base(source))
	for i := range l.items {
		it := &l.items[i]
		it.split, it.id = Train, path.Base(it.name)
		if all || lsunVal.MatchString(path.Dir(it.name)) {
			it.split = Valid
		}
	}
	return nil
}
