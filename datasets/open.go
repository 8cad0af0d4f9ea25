package datasets

import (
	"context"
	"fmt"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
)

// Open reads the data set that a specification names; ParseSpec says how one is
// written. A set without a path is looked for in the cache folder and, where it is
// one of those that Fetch knows, downloaded when absent. The whole set is decoded
// into memory. The result does not depend on the number of threads.
//
// With Options.Keep the set is restricted to the images that keep-lists name; see
// Restrict.
func Open(ctx context.Context, spec string, o Options) (*Dataset, error) {
	lists, err := readKeepLists(o.Keep)
	if err != nil {
		return nil, err
	}
	s, o, err := resolveSpec(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	ds, err := open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return Restrict(ds, lists...)
}

// open reads the whole set.
func open(ctx context.Context, s Spec, o Options) (*Dataset, error) {
	switch s.Name {
	case NameShapes:
		return o.stored(openShapes(s.Shapes, o))
	case NamePrepared:
		return openPrepared(ctx, s.Paths[0], o)
	case NameCIFAR10:
		return openCIFAR10(ctx, s.Paths, o)
	case NameCIFAR100:
		return o.stored(openCIFAR100(ctx, s.Paths[0], s.Variant == CIFARCoarse, o))
	case NameMNIST:
		return o.stored(mnistSet.open(ctx, s.Paths[0], o))
	case NameEMNIST:
		return o.stored(emnistSet(s.Variant).open(ctx, s.Paths[0], o))
	case NameSVHN:
		return o.stored(openSVHN(ctx, s.Paths[0], s.Variant == SVHNExtra, o))
	case NameSTL10:
		return o.stored(openSTL10(ctx, s.Paths[0], o))
	}
	p, err := planImages(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return p.open(ctx, o)
}

// resolveSpec parses a specification, fills in the options and finds the path of
// a set that is named without one.
func resolveSpec(ctx context.Context, spec string, o Options) (Spec, Options, error) {
	s, err := ParseSpec(spec)
	if err != nil {
		return s, o, err
	}
	if o, err = o.resolve(); err != nil {
		return s, o, err
	}
	if len(s.Paths) == 0 && s.Name != NameShapes {
		path, err := locate(ctx, s.key(), o)
		if err != nil {
			return s, o, err
		}
		s.Paths = []string{path}
	}
	return s, o, nil
}

// planImages lists the files of a set of images.
func planImages(ctx context.Context, s Spec, o Options) (*Plan, error) {
	switch s.Name {
	case NameImageNet:
		return planImageNet(ctx, s.Paths, o)
	case NameLSUN:
		return planLSUN(ctx, s.Variant, s.Paths, o)
	case NameFaces:
		return planFaces(ctx, s.Paths, o)
	case NameCIFAR10, NameTinyImageNet, NameFolder:
	default:
		return nil, fmt.Errorf("data set %s: %w; Open reads it", s.Name, ErrArrays)
	}
	sources, err := openSources(s.Paths, o)
	if err != nil {
		return nil, err
	}
	switch s.Name {
	case NameTinyImageNet:
		return planSources(ctx, s.Name, sources, tinyLayout, o)
	case NameCIFAR10:
		return planCIFAR10(ctx, sources, o)
	}
	return planSources(ctx, s.Name, sources, plainLayout, o)
}

func openSources(paths []string, o Options) ([]archive.Source, error) {
	var sources []archive.Source
	for _, p := range paths {
		src, err := archive.Open(p, o.FollowLinks)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// locate returns the path of a set in the cache folder. An official file is checked
// unless it has not changed since it was: it may have been put there by hand.
func locate(ctx context.Context, name string, o Options) (string, error) {
	c, ok := catalogOf(name)
	if !ok {
		return "", fmt.Errorf("%w: %s is always given with a path", content.ErrMissing, name)
	}
	path := c.find(o)
	official, err := o.cachePath(c.places[0])
	if err != nil {
		return "", err
	}
	if path != "" && (path != official || len(c.files(o)) == 0) {
		return path, nil
	}
	if c, o, err = fetchable(name, o); err != nil {
		return "", err
	}
	return c.bring(ctx, o, true)
}

// stored passes on a set that is stored as pixels, in which there is nothing to turn.
func (o Options) stored(d *Dataset, err error) (*Dataset, error) {
	if err == nil && o.ExifRotate {
		d.Notes = append(d.Notes, "the set is stored as pixels, not as image files, so --exif-rotate changes nothing")
	}
	return d, err
}
