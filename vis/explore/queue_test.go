package explore

import (
	"context"
	"errors"
	"testing"
)

// A newer request of a lane ends the one that works there; requests of other lanes wait their turn.
func TestQueue(t *testing.T) {
	q := newQueue()
	first, leave, err := q.enter(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	type entered struct {
		leave func()
		err   error
	}
	wait := func(lane string) chan entered {
		got := make(chan entered, 1)
		go func() {
			_, leave, err := q.enter(context.Background(), lane)
			got <- entered{leave, err}
		}()
		return got
	}
	second := wait("a")
	<-first.Done() // the second has entered the lane
	if !errors.Is(context.Cause(first), errStale) {
		t.Errorf("the first ends with %v", context.Cause(first))
	}
	other := wait("b")
	third := wait("a")
	if got := <-second; !errors.Is(got.err, errStale) {
		t.Errorf("the second, which waited, ends with %v", got.err)
	}
	select {
	case <-third:
		t.Fatal("two work at once")
	case <-other:
		t.Fatal("two work at once")
	default:
	}
	leave()
	for range 2 {
		select {
		case got := <-third:
			if got.err != nil {
				t.Error(got.err)
			}
			got.leave()
		case got := <-other:
			if got.err != nil {
				t.Error(got.err)
			}
			got.leave()
		}
	}
	q.stop()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := q.enter(ended, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a request whose browser has gone: %v", err)
	}
}

func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		c    Command
		most int
		want string
	}{
		{Command{Spec: "runs/a", Seed: 1}, 63, "repbench vis walk runs/a --out x.png"},
		{Command{Spec: "runs/a", Seed: 7}, 64, "repbench vis walk runs/a --n 65 --seed 7 --out x.png"},
		{Command{Spec: "it's", Z: "z 1.npy", Seed: 1, Flags: []string{"--backend", "cpu"}}, 64, `repbench vis walk 'it'\''s' --z 'z 1.npy' --backend cpu --out x.png`},
	} {
		if got := tt.c.line("walk", tt.most, "--out", "x.png"); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
	if got := quoted(""); got != "''" {
		t.Errorf("an empty word is %s", got)
	}
}
