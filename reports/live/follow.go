package live

import (
	"sync"

	"repbench/train/runfolder"
)

// maxFollowed is the number of runs whose curves are kept.
const maxFollowed = 32

// followers are the runs whose curves were looked at, the one that was looked at last at the end.
type followers struct {
	mu  sync.Mutex
	all []*followed
}

// followed is a run whose metrics.jsonl is read on from where the last look stopped.
type followed struct {
	dir string
	mu  sync.Mutex
	*runfolder.Follower
}

// lines is a copy of what is known of a run's curves.
type lines struct {
	Points, Measured      []runfolder.Metrics
	Lines, Damaged, Every int
	Torn                  bool
}

// follow reads what is new in a run's metrics.jsonl.
func (s *Site) follow(dir string) (lines, error) {
	f := s.curves.of(dir, s.path(dir))
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.Read
	err := f.Next()
	s.read.Add(f.Read - before)
	return lines{
		Points: append([]runfolder.Metrics(nil), f.Points()...), Measured: append([]runfolder.Metrics(nil), f.Measured()...),
		Lines: f.Lines, Damaged: f.Damaged, Torn: f.Torn, Every: f.Every(),
	}, err
}

// of is the follower of a run.
func (f *followers) of(dir, path string) *followed {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, old := range f.all {
		if old.dir == dir {
			f.all = append(append(f.all[:i:i], f.all[i+1:]...), old)
			return old
		}
	}
	if len(f.all) == maxFollowed {
		f.all = f.all[1:]
	}
	f.all = append(f.all, &followed{dir: dir, Follower: runfolder.Follow(path)})
	return f.all[len(f.all)-1]
}
