package explore

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"repbench/datasets"
	"repbench/datasets/shapes"
	"repbench/internal/progress"
	"repbench/vis/forget"
	"repbench/vis/scene"
)

// slowReader is a reader whose fit waits until it is released; it sees a window of four cells of
// 8×8 maps in image 1 and one without a cell in image 2.
type slowReader struct{ started, release chan bool }

func (r slowReader) open(_ context.Context, report progress.Reporter) (forget.Reader, error) {
	task := report.Start("fitting the detector of shapes", 800, "steps")
	defer task.Done()
	task.Add(240)
	close(r.started)
	<-r.release
	return r, nil
}

func (slowReader) Look(_ context.Context, im datasets.Images) ([]scene.Seen, error) {
	seen := make([]scene.Seen, im.N)
	seen[1].Windows = []shapes.Box{{X0: 8, Y0: 8, X1: 16, Y1: 16}}
	seen[2].Windows = []shapes.Box{{X0: 0, Y0: 0, X1: 2, Y1: 2}}
	return seen, nil
}

func (slowReader) Quality() scene.Quality {
	return scene.Quality{Images: 1000, Precision: 0.95, Recall: 0.9}
}

// While the detector is fitted the page learns how far it is; then it gets the boxes that hold a cell
// of the layer, with the detector's precision and recall.
func TestFindBoxes(t *testing.T) {
	g, p := tiny(t, "svhn32")
	r := slowReader{make(chan bool), make(chan bool)}
	url := served(t, Options{Generator: g, Pool: p, Seed: 5, Reader: r.open, Command: Command{Spec: "r", Seed: 1}})
	type reply struct {
		status int
		text   string
	}
	replies := make(chan reply, 1)
	go func() {
		answer, err := http.Post(url+"api/forget/boxes", "application/json", strings.NewReader(`{"n": 10, "layer": "conv1"}`))
		if err != nil {
			replies <- reply{0, err.Error()}
			return
		}
		defer answer.Body.Close()
		var text strings.Builder
		_, err = io.Copy(&text, answer.Body)
		if err != nil {
			text.WriteString(err.Error())
		}
		replies <- reply{answer.StatusCode, text.String()}
	}()
	select {
	case <-r.started:
	case <-time.After(time.Minute):
		t.Fatal("the detector is not opened")
	}
	answer, err := http.Get(url + "api/progress")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, answer.Body); err != nil {
		t.Fatal(err)
	}
	if got, want := decode[progressAnswer](t, text.String()), (progressAnswer{"fitting the detector of shapes", "steps", 240, 800}); got != want {
		t.Errorf("progress %+v, want %+v", got, want)
	}
	close(r.release)
	got := <-replies
	if got.status != http.StatusOK {
		t.Fatalf("status %d, %s", got.status, got.text)
	}
	found := decode[findAnswer](t, got.text)
	if len(found.Boxes) != 1 || found.Boxes[0] != (forget.Box{Image: 1, X0: 8, Y0: 8, X1: 16, Y1: 16}) || found.Small != 1 {
		t.Errorf("%+v", found)
	}
	if found.Precision != 0.95 || found.Recall != 0.9 || found.Drawn != 1000 {
		t.Errorf("%+v", found)
	}
}
