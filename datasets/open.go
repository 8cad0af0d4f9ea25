package datasets

import (
	"context"
	"fmt"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
)

// Open reads the data set named by a specification; ParseSpec describes the syntax. A set
// without a path is searched in the cache folder and, if it is absent and Fetch knows it,
// downloaded. The whole set is decoded into memory. The result does not depend on the number of
// threads.
//
// With Options.AnySize image files are not decoded, but listed, and Images.Picture decodes them.
//
// With Options.Keep the set is restricted to the images named by keep-lists; see Restrict.
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
	case catalog.NameShapes:
		return o.stored(openShapes(s.Shapes, o))
	case catalog.NamePrepared:
		return openPrepared(ctx, s.Paths[0], o)
	case catalog.NameCIFAR10:
		return openCIFAR10(ctx, s.Paths, o)
	case catalog.NameCIFAR100:
		return o.stored(openCIFAR100(ctx, s.Paths[0], s.Variant == catalog.CIFARCoarse, o))
	case catalog.NameMNIST:
		return o.stored(mnistSet.open(ctx, s.Paths[0], o))
	case catalog.NameEMNIST:
		return o.stored(emnistSet(s.Variant).open(ctx, s.Paths[0], o))
	case catalog.NameSVHN:
		return o.stored(openSVHN(ctx, s.Paths[0], s.Variant == catalog.SVHNExtra, o))
	case catalog.NameSTL10:
		return o.stored(openSTL10(ctx, s.Paths[0], o))
	}
	p, err := planImages(ctx, s, o)
	if err != nil {
		return nil, err
	}
	if o.AnySize {
		return p.openFiles(ctx, o)
	}
	return p.open(ctx, o)
}

// resolveSpec parses a specification, fills in the options and finds the path of a set named
// without one.
func resolveSpec(ctx context.Context, spec string, o Options) (Spec, Options, error) {
	s, err := ParseSpec(spec)
	if err != nil {
		return s, o, err
	}
	if o, err = o.resolve(); err != nil {
		return s, o, err
	}
	if len(s.Paths) == 0 && s.Name != catalog.NameShapes {
		path, err := catalog.Locate(ctx, s.key(), o.Options)
		if err != nil {
			return s, o, err
		}
		s.Paths = []string{path}
	}
	return s, o, nil
}

// ToFetch is the number of bytes that Open would download of a set that is named without a path; 0 where it
// would download nothing.
func ToFetch(spec string, o catalog.Options) int64 {
	s, err := ParseSpec(spec)
	if err != nil || len(s.Paths) > 0 || s.Name == catalog.NameShapes {
		return 0
	}
	return catalog.ToFetch(s.key(), o)
}

// planImages lists the files of a set of images.
func planImages(ctx context.Context, s Spec, o Options) (*Plan, error) {
	switch s.Name {
	case catalog.NameImageNet:
		return planImageNet(ctx, s.Paths, o)
	case catalog.NameLSUN:
		return planLSUN(ctx, s.Variant, s.Paths, o)
	case catalog.NameFaces:
		return planFaces(ctx, s.Paths, o)
	case catalog.NameCIFAR10, catalog.NameTinyImageNet, catalog.NameFolder:
	default:
		return nil, fmt.Errorf("data set %s: %w; Open reads it", s.Name, ErrArrays)
	}
	sources, err := openSources(s.Paths, o)
	if err != nil {
		return nil, err
	}
	switch s.Name {
	case catalog.NameTinyImageNet:
		return planSources(ctx, s.Name, sources, tinyLayout, o)
	case catalog.NameCIFAR10:
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

// stored returns a set that is stored as pixels, which cannot be turned, with a note if turning
// was requested.
func (o Options) stored(d *Dataset, err error) (*Dataset, error) {
	if err == nil && o.ExifRotate {
		d.Notes = append(d.Notes, "the set is stored as pixels, not as image files, so --exif-rotate changes nothing")
	}
	return d, err
}
