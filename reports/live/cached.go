package live

import (
	"sync"
	"time"
)

// cached is a value that is made anew when it is too old. One that takes long to make is kept longer, so
// that making it takes a twentieth of the time at most, whoever asks how often.
type cached[T any] struct {
	mu    sync.Mutex
	value T
	err   error
	until time.Time
}

// share is the part of the time that making a value may take.
const share = 20

// get is the value, made by now where it is older than age.
func (c *cached[T]) get(age time.Duration, anew func() (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.value, c.err
	}
	began := time.Now()
	c.value, c.err = anew()
	c.until = time.Now().Add(max(age, share*time.Since(began)))
	return c.value, c.err
}
