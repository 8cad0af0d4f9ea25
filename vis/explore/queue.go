package explore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"repbench/internal/webpage"
	"repbench/vis/forget"
	"repbench/vis/invert"
	"repbench/vis/latent"
)

// errStale is the cause of the end of a request whose lane has a newer one.
var errStale = webpage.Errorf(http.StatusGone, "a newer request has taken the place of this one")

// errStopped is the cause of the end of requests when the page stops.
var errStopped = webpage.Errorf(http.StatusServiceUnavailable, "the program stops")

// queue lets one request work at a time. A request that enters a lane ends the one that waits or
// works there.
type queue struct {
	turn  chan struct{} // holds one value while a request works
	mu    sync.Mutex
	lanes map[string]*context.CancelCauseFunc
}

func newQueue() *queue {
	return &queue{turn: make(chan struct{}, 1), lanes: map[string]*context.CancelCauseFunc{}}
}

// enter waits until the request may work. leave must be called at its end; the context ends when a
// newer request enters the lane.
func (q *queue) enter(parent context.Context, lane string) (ctx context.Context, leave func(), err error) {
	ctx, cancel := context.WithCancelCause(parent)
	q.mu.Lock()
	if older := q.lanes[lane]; older != nil {
		(*older)(errStale)
	}
	q.lanes[lane] = &cancel
	q.mu.Unlock()
	out := func() { // of the lane
		q.mu.Lock()
		if q.lanes[lane] == &cancel {
			delete(q.lanes, lane)
		}
		q.mu.Unlock()
		cancel(nil)
	}
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		err = context.Cause(ctx)
		out()
		return nil, nil, err
	}
	leave = func() { <-q.turn; out() }
	if ctx.Err() != nil {
		err = context.Cause(ctx)
		leave()
		return nil, nil, err
	}
	return ctx, leave, nil
}

// stop ends all requests and waits for the one that works. No request works afterwards.
func (q *queue) stop() {
	q.mu.Lock()
	for _, cancel := range q.lanes {
		(*cancel)(errStopped)
	}
	q.mu.Unlock()
	q.turn <- struct{}{}
}

// maxPageName bounds the name with which a page tells its requests from the requests of another page.
const maxPageName = 64

// queued makes a handler wait for its turn in a lane. Each page that is open has lanes of its own,
// by the name that it gives itself.
func (e *Explorer) queued(lane string, h webpage.Handler) webpage.Handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		name := r.URL.Query().Get("page")
		if len(name) > maxPageName {
			return nil, webpage.Errorf(http.StatusBadRequest, "the name of the page has %d bytes; at most %d are possible", len(name), maxPageName)
		}
		data, err := webpage.Body(r) // before the turn is taken: the sender may be slow
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		ctx, leave, err := e.queue.enter(r.Context(), lane+" "+name)
		if err != nil {
			return nil, err
		}
		defer leave()
		v, err := h(w, r.WithContext(ctx))
		return v, explained(err)
	}
}

// explained gives an error of the user's choice, rather than of the program, the status of one.
func explained(err error) error {
	for _, kind := range []error{latent.ErrOptions, forget.ErrBox, forget.ErrOneClass, forget.ErrNoMap, forget.ErrLayer, forget.ErrNeedsBoxes, forget.ErrMaps, invert.ErrOptions, errChoice} {
		if errors.Is(err, kind) {
			return webpage.Errorf(http.StatusUnprocessableEntity, "%v", err)
		}
	}
	return err
}
