package datasets

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/picture"
)

// memory is an archive in memory.
type memory struct {
	data []byte
	gz   bool
}

func (m memory) Path() string { return "memory.tar" }

func (m memory) Walk(ctx context.Context, visit func(archive.Entry) error) error {
	err := archive.WalkTar(ctx, m.Path(), bytes.NewReader(m.data), m.gz, visit)
	if errors.Is(err, archive.ErrStop) {
		return nil
	}
	return err
}

// mustOpen opens a set or ends the test.
func mustOpen(t testing.TB, spec string, o Options) *Dataset {
	t.Helper()
	d, err := Open(context.Background(), spec, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// openImages reads archives and folders of image files as one set.
func openImages(ctx context.Context, name string, sources []archive.Source, o Options) (*Dataset, error) {
	p, err := planSources(ctx, name, sources, plainLayout, o)
	if err != nil {
		return nil, err
	}
	return p.open(ctx, o)
}

// pixelsOf decodes a file.
func pixelsOf(t testing.TB, file []byte, channels int) []uint8 {
	t.Helper()
	cfg, err := picture.ImageConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]uint8, cfg.Width*cfg.Height*channels)
	if err := new(picture.Decoder).Decode(dst, file, channels); err != nil {
		t.Fatal(err)
	}
	return dst
}
