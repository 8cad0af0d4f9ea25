package explore

import (
	"net/http"
	"sync"

	"repbench/internal/progress"
)

// status keeps how far the request that works is, for pages that ask. It implements
// progress.Reporter.
type status struct {
	mu          sync.Mutex
	name, unit  string
	done, total int64
}

// Start implements progress.Reporter.
func (s *status) Start(name string, total int64, unit string) progress.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name, s.unit, s.done, s.total = name, unit, 0, total
	return statusTask{s}
}

// statusTask is the task that a status shows.
type statusTask struct{ s *status }

// Add implements progress.Task.
func (t statusTask) Add(n int64) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.done += n
}

// Note implements progress.Task; the page shows no notes.
func (t statusTask) Note(string) {}

// Done implements progress.Task.
func (t statusTask) Done() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.name, t.s.unit, t.s.done, t.s.total = "", "", 0, 0
}

// progressAnswer says how far the work is; Name is "" where none is measured.
type progressAnswer struct {
	Name  string `json:"name"`
	Unit  string `json:"unit"` // of done and total
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
}

// answer handles api/progress, while another request works.
func (s *status) answer(http.ResponseWriter, *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return progressAnswer{s.name, s.unit, s.done, s.total}, nil
}
