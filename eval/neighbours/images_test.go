package neighbours

import (
	"context"
	"errors"
	"testing"

	"repbench/features/matrix"
)

// An image of 5×5 has windows of one pixel, so that offsets can be read off.
func TestWindowsByHand(t *testing.T) {
	query := Images{N: 1, H: 5, W: 5, C: 1, Pix: make([]uint8, 25)}
	for i := range query.Pix {
		query.Pix[i] = uint8(i)
	}
	base := Images{N: 2, H: 5, W: 5, C: 1, Pix: make([]uint8, 50)}
	base.Pix[12], base.Pix[25+12] = 3, 24 // the only pixels that are compared
	for _, tt := range []struct {
		metric ImageMetric
		want   []Match
	}{
		{Shift, []Match{{Row: 0, DY: -2, DX: 1}, {Row: 1, DY: 2, DX: 2}}},
		{MirrorShift, []Match{{Row: 0, DY: -2, DX: 1}, {Row: 1, DY: 2, DX: 2}}},
	} {
		got, err := SearchImages(context.Background(), base, query, 2, tt.metric, ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if g != tt.want[i] {
				t.Errorf("%s, match %d: %+v, want %+v", tt.metric, i, g, tt.want[i])
			}
		}
	}
}

func TestImageErrors(t *testing.T) {
	of := func(n, h, w, c int) Images { return Images{N: n, H: h, W: w, C: c, Pix: make([]uint8, n*h*w*c)} }
	short := of(2, 6, 6, 1)
	short.Pix = short.Pix[1:]
	for _, tt := range []struct {
		name          string
		base, queries Images
		k             int
		metric        ImageMetric
		own           []int32
		want          error
	}{
		{"k above N", of(3, 6, 6, 1), of(2, 6, 6, 1), 4, Pixels, nil, ErrK},
		{"k of zero", of(3, 6, 6, 1), of(2, 6, 6, 1), 0, Pixels, nil, ErrK},
		{"k of all with one left out", of(3, 6, 6, 1), of(2, 6, 6, 1), 3, Pixels, []int32{0, -1}, ErrK},
		{"other size", of(3, 6, 6, 1), of(2, 6, 7, 1), 1, Pixels, nil, matrix.ErrShape},
		{"other channels", of(3, 6, 6, 3), of(2, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"no images", of(0, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"no queries", of(3, 6, 6, 1), of(0, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"too low for windows", of(3, 4, 9, 1), of(2, 4, 9, 1), 1, Shift, nil, matrix.ErrShape},
		{"too narrow for windows", of(3, 9, 4, 1), of(2, 9, 4, 1), 1, Correlation, nil, matrix.ErrShape},
		{"short storage", of(3, 6, 6, 1), short, 1, Pixels, nil, matrix.ErrShape},
		{"row left out that is not there", of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, []int32{0, 3}, matrix.ErrShape},
		{"too few rows left out", of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, []int32{0}, matrix.ErrShape},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := SearchImages(context.Background(), tt.base, tt.queries, tt.k, tt.metric, ImageOptions{Own: tt.own})
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	if _, err := SearchImages(context.Background(), of(3, 6, 6, 1), of(2, 6, 6, 1), 3, 7, ImageOptions{}); err == nil {
		t.Error("metric 7 passed")
	}
	stop := errors.New("stop")
	err := EachImage(context.Background(), of(3, 6, 6, 1), of(2, 6, 6, 1), 3, Pixels, ImageOptions{}, func(int, []Match) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the caller", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SearchImages(ctx, of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, ImageOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
