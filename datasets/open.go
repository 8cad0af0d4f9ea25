package datasets

import (
	"context"
	"fmt"
)

// Open reads the data set that a specification names; ParseSpec says how one is
// written. A set without a path is looked for in the cache folder and, where it is
// one of those that Fetch knows, downloaded when absent. The whole set is decoded
// into memory. The result does not depend on the number of threads.
//
// With Options.Keep the set is restricted to the images that keep-lists name; see
// Restrict.
func Open(ctx context.Context, spec string, o Options) (*Dataset, error) {
	s, err := ParseSpec(spec)
	if err != nil {
		return nil, err
	}
	lists, err := readKeepLists(o.Keep)
	if err != nil {
		return nil, err
	}
	if o, err = o.resolve(); err != nil {
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
	if s.Name == nameShapes {
		return openShapes(s.Shapes, o)
	}
	if len(s.Paths) == 0 {
		path, err := locate(ctx, s.Name, o)
		if err != nil {
			return nil, err
		}
		s.Paths = []string{path}
	}
	switch s.Name {
	case nameCIFAR10:
		return openCIFAR10(ctx, s.Paths, o)
	case nameMNIST:
		return openMNIST(ctx, s.Paths[0], o)
	}
	var sources []source
	for _, p := range s.Paths {
		src, err := openSource(p)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return openImages(ctx, s.Name, sources, o)
}

// locate returns the path of a set in the cache folder. A downloaded file is
// checked each time: it may have been put there by hand.
func locate(ctx context.Context, name string, o Options) (string, error) {
	c, ok := catalogOf(name)
	if !ok {
		return "", fmt.Errorf("%w: %s is always given with a path", ErrMissing, name)
	}
	path := c.find(o)
	official, err := o.cachePath(c.places[0])
	if err != nil {
		return "", err
	}
	if path != "" && (path != official || len(c.files(o)) == 0) {
		return path, nil
	}
	return Fetch(ctx, name, o)
}
