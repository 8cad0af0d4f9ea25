package encoder

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"repbench/datasets"
)

// slow is a network that takes a while for loading and for running, and notes what overlaps.
type slow struct {
	Network
	load, run        time.Duration
	loading, running atomic.Bool
	overlaps         atomic.Int32
	inMemory, most   atomic.Int32
	failAt           int
	loads            int
}

func (s *slow) Batch() int { return 4 }

func (s *slow) Load(im datasets.Images) (*Loaded, error) {
	if s.loads++; s.loads == s.failAt {
		return nil, errors.New("the file is damaged")
	}
	if n := s.inMemory.Add(1); n > s.most.Load() {
		s.most.Store(n)
	}
	s.loading.Store(true)
	if s.running.Load() {
		s.overlaps.Add(1)
	}
	time.Sleep(s.load)
	s.loading.Store(false)
	return &Loaded{N: im.N}, nil
}

func (s *slow) Run(dst []float32, b *Loaded) error {
	s.running.Store(true)
	if s.loading.Load() {
		s.overlaps.Add(1)
	}
	time.Sleep(s.run)
	s.running.Store(false)
	s.inMemory.Add(-1)
	return nil
}

// stream runs the network on 18 images and returns where its batches began, and their sizes.
func (s *slow) stream(ctx context.Context, stopAt int) (at []int, err error) {
	err = Stream(ctx, s, datasets.Images{N: 18, H: 1, W: 1, C: 1, Data: make([]uint8, 18)}, func(lo int, b *Loaded) error {
		at = append(at, lo, b.N)
		if lo == stopAt {
			return errors.New("stopped")
		}
		return s.Run(nil, b)
	})
	return at, err
}

var allBatches = []int{0, 4, 4, 4, 8, 4, 12, 4, 16, 2}

// A batch is loaded while the network runs on the one before, with one processor too, and no more
// than two are in memory. The order is the images' own.
func TestStreamOverlaps(t *testing.T) {
	for _, threads := range []int{1, 2} {
		before := runtime.GOMAXPROCS(threads)
		s := &slow{load: 30 * time.Millisecond, run: 40 * time.Millisecond}
		began := time.Now()
		at, err := s.stream(context.Background(), -1)
		took := time.Since(began)
		runtime.GOMAXPROCS(before)
		if err != nil || !slices.Equal(at, allBatches) {
			t.Errorf("%d threads: batches at %v (%v)", threads, at, err)
		}
		if s.overlaps.Load() < 3 || s.most.Load() > 2 {
			t.Errorf("%d threads: %d of 4 loads ran beside the network, up to %d batches in memory, in %v", threads, s.overlaps.Load(), s.most.Load(), took)
		}
	}
}

// An error of a batch comes after the rows before it and names its images; nothing is loaded once
// Stream has returned.
func TestStreamErrors(t *testing.T) {
	s := &slow{failAt: 3}
	at, err := s.stream(context.Background(), -1)
	if err == nil || !strings.Contains(err.Error(), "images 8 to 11: the file is damaged") || !slices.Equal(at, allBatches[:4]) {
		t.Errorf("batches at %v, error %v", at, err)
	}
	s = &slow{}
	if at, err = s.stream(context.Background(), 4); err == nil || !slices.Equal(at, allBatches[:4]) {
		t.Errorf("stopped: batches at %v, error %v", at, err)
	}
	loads := s.loads
	time.Sleep(5 * time.Millisecond)
	if s.loads != loads || loads > 4 {
		t.Errorf("%d loads, then %d", loads, s.loads)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s = &slow{}
	if at, err := s.stream(ctx, -1); len(at) > 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("after the interruption batches at %v, error %v", at, err)
	}
}
