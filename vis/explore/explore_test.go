package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/vis"
	"repbench/vis/forget"
	"repbench/vis/latent"
)

// Samples have the numbers of the sheet, on every page.
func TestSamples(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p, Seed: 5, Samples: 12, Command: Command{Spec: "runs/a b", Seed: 5}})
	all, err := g.Images(t.Context(), p.Z, p.N)
	if err != nil {
		t.Fatal(err)
	}
	got := get[samplesAnswer](t, url+"api/samples", `{"first": 96}`)
	if len(got.Images) != 12 {
		t.Fatalf("%d images", len(got.Images))
	}
	same(t, "samples", got.Images, all, 96)
	if want := "repbench vis grid 'runs/a b' --seed 5 --n 108 --out grid.png"; got.Command != want {
		t.Errorf("command %s, want %s", got.Command, want)
	}
	if last := get[samplesAnswer](t, url+"api/samples", `{"first": 192}`); len(last.Images) != 8 {
		t.Errorf("the last page has %d images", len(last.Images))
	}
}

// Every place of the slider shows the frame of the walk, beside its blend.
func TestWalk(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p, Seed: 5, Command: Command{Spec: "r", Seed: 1}})
	z, err := p.Take([]int{7, 150, 3})
	if err != nil {
		t.Fatal(err)
	}
	w, err := latent.Go(t.Context(), g, z, 3, latent.WalkOptions{Steps: 4, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 9 {
		f := get[frameAnswer](t, url+"api/frame", fmt.Sprintf(`{"points": [7, 150, 3], "steps": 4, "frame": %d}`, k))
		same(t, "frame", [][]byte{f.Image}, w.Images, k)
		same(t, "blend", [][]byte{f.Blend}, w.Blend, k)
		if f.Segment*4+f.Step != k {
			t.Errorf("frame %d is step %d of segment %d", k, f.Step, f.Segment)
		}
	}
	fig := get[figure](t, url+"api/walk", `{"points": [7, 150, 3], "steps": 4}`)
	same(t, "segment 2", fig.Rows[1].Images, w.Images, 4)
	if want := "repbench vis walk r --n 151 --through 7,150,3 --steps 4 --snap 0 --out walk.png"; fig.Command != want {
		t.Errorf("command %s, want %s", fig.Command, want)
	}
}

func TestArithmeticAndTurn(t *testing.T) {
	for _, arch := range []string{"svhn32", "imagenet32"} {
		g, p := tiny(t, arch)
		url := served(t, Options{Generator: g, Pool: p, Seed: 5, Command: Command{Spec: "r", Seed: 1}})
		take := func(indices ...int) []float32 {
			z, err := p.Take(indices)
			if err != nil {
				t.Fatal(err)
			}
			return z
		}
		s, err := latent.Arithmetic(t.Context(), g, take(1, 2), take(3), take(4, 5), latent.ArithmeticOptions{Neighbours: 8, Spread: 0.25, Seed: 5, Clip: true})
		if err != nil {
			t.Fatal(err)
		}
		fig := get[figure](t, url+"api/arithmetic", `{"a": [1, 2], "b": [3], "c": [4, 5], "clip": true}`)
		same(t, "result", fig.Rows[3].Images, s.Images, 5)
		same(t, "neighbours", fig.Rows[4].Images, s.Images, 6)
		same(t, "pixels", fig.Rows[5].Images, s.Pixels, 0)
		if want := "repbench vis arithmetic r --a 1,2 --b 3 --c 4,5 --clip --out arithmetic.png"; fig.Command != want {
			t.Errorf("command %s, want %s", fig.Command, want)
		}
		turn, err := latent.DrawTurn(t.Context(), g, take(1, 2), take(3), take(3), latent.TurnOptions{Steps: 5, Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		fig = get[figure](t, url+"api/turn", `{"left": [1, 2], "right": [3], "base": [], "steps": 5, "clip": false}`)
		for _, want := range []vis.Setting{{Name: "left", Value: "1,2"}, {Name: "right", Value: "3"}, {Name: "base", Value: "3"}, {Name: "seed", Value: 5.0}} {
			if !slices.Contains(fig.Result.Settings, want) {
				t.Errorf("settings %v have no %v", fig.Result.Settings, want)
			}
		}
		same(t, "turned", fig.Rows[2].Images, turn.Images, 0)
		same(t, "random direction", fig.Rows[3].Images, turn.Random, 0)
		if !strings.Contains(fig.Command, "--left 1,2 --right 3 --base 3 --steps 5 --out turn.png") {
			t.Errorf("command %s", fig.Command)
		}
	}
}

const someBoxes = `[{"image": 3, "x0": 4, "y0": 6, "x1": 14, "y1": 20}, {"image": 70, "x0": 10, "y0": 2, "x1": 20, "y1": 12}]`

// The maps that are found are the maps of the figure, and dropping them changes the samples as there.
func TestForget(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p, Seed: 5, Samples: 100, Command: Command{Spec: "r", Seed: 1}})
	boxes, err := forget.ParseBoxes([]byte(someBoxes))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := forget.ParseLayer(g.Model.Arch, "conv1")
	if err != nil {
		t.Fatal(err)
	}
	want, err := forget.Run(t.Context(), g, p.Z[:71*p.Dim], 71, forget.Options{Layer: layer, C: 0.5, Seed: 5, Boxes: boxes})
	if err != nil {
		t.Fatal(err)
	}
	got := get[mapsAnswer](t, url+"api/forget/maps", `{"boxes": `+someBoxes+`, "layer": "conv1", "c": 0.5}`)
	var maps []int
	for i, m := range got.Maps {
		maps = append(maps, m.Map)
		if m.Weight <= 0 || i > 0 && m.Weight > got.Maps[i-1].Weight {
			t.Errorf("weights %v", got.Maps)
		}
	}
	slices.Sort(maps)
	if !slices.Equal(maps, want.Maps) || got.Of != 4 {
		t.Errorf("maps %v of %d, want %v", maps, got.Of, want.Maps)
	}
	list, err := json.Marshal(maps)
	if err != nil {
		t.Fatal(err)
	}
	after := get[samplesAnswer](t, url+"api/samples", fmt.Sprintf(`{"first": 0, "layer": "conv1", "maps": %s}`, list))
	same(t, "after the drop", after.Images[:71], want.After, 0)
	fig := get[figure](t, url+"api/forget/score", `{"boxes": `+someBoxes+`, "layer": "conv1", "c": 0.5}`)
	ratio, _ := want.Result.Score("ratio")
	if s, ok := fig.Result.Score("ratio"); !ok || s.Value != ratio.Value || len(fig.Rows) != 5 || len(fig.Rows[0].Images) != 2 {
		t.Errorf("ratio %v, want %v", s, ratio)
	}
	if want := "repbench vis forget r --boxes boxes.json --layer conv1 --C 0.5 --n 71 --out forget.png"; fig.Command != want {
		t.Errorf("command %s, want %s", fig.Command, want)
	}
}

// Boxes are saved as the file that is read again, and a file of something else is not overwritten.
func TestBoxesFile(t *testing.T) {
	g, p := tiny(t, "svhn32")
	path := filepath.Join(t.TempDir(), "boxes.json")
	o := Options{Generator: g, Pool: p, Boxes: path, Command: Command{Spec: "r", Seed: 1}}
	url := served(t, o)
	got := get[boxesAnswer](t, url+"api/boxes", `{"boxes": `+someBoxes+`}`)
	text, err := os.ReadFile(path)
	if err != nil || string(text) != got.Text || got.File != path {
		t.Errorf("file %s %q, %v; the page gives %s", got.File, text, err, got.Text)
	}
	answer, err := http.Get(served(t, o) + "api/model")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var m modelAnswer
	if err := json.NewDecoder(answer.Body).Decode(&m); err != nil || len(m.Boxes) != 2 || m.Boxes[1].Image != 70 || m.Layer != "conv2" {
		t.Errorf("model %+v, %v", m, err)
	}
	for _, text := range []string{"not boxes", `[{"image": 200, "x0": 0, "y0": 0, "x1": 5, "y1": 5}]`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "would be overwritten") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

// TestRefusals: each is refused with a message, and the page goes on.
func TestRefusals(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p})
	const box = `{"boxes": [{"image": %d, "x0": %d, "y0": 6, "x1": %d, "y1": 20}], "layer": "%s", "c": %g}`
	for _, tt := range []struct {
		name, path, body string
		status           int
		says             string
	}{
		{"no JSON", "samples", "first", 400, "not the JSON that is wanted"},
		{"another type", "samples", `{"first": "1"}`, 400, "string"},
		{"unknown field", "walk", `{"points": [1, 2], "stairs": 3}`, 400, "stairs"},
		{"sample outside", "samples", `{"first": 200}`, 422, "numbered 0 to 199"},
		{"negative sample", "samples", `{"first": -1}`, 422, "numbered 0 to 199"},
		{"map outside", "samples", `{"first": 0, "layer": "conv2", "maps": [2]}`, 422, "numbered 0 to 1"},
		{"no such layer", "samples", `{"first": 0, "layer": "conv9", "maps": [0]}`, 422, "conv2"},
		{"one point", "frame", `{"points": [1], "steps": 8, "frame": 0}`, 422, "at least 2 points"},
		{"point outside", "frame", `{"points": [1, 200], "steps": 8, "frame": 0}`, 422, "no image 200"},
		{"frame outside", "frame", `{"points": [1, 2], "steps": 8, "frame": 9}`, 422, "numbered 0 to 8"},
		{"no steps", "frame", `{"points": [1, 2], "steps": 0, "frame": 0}`, 422, "0 steps"},
		{"too many frames", "walk", `{"points": [` + strings.Repeat("1,", 20) + `2], "steps": 256}`, 422, "at most"},
		{"empty group", "arithmetic", `{"a": [1], "b": [], "c": [2]}`, 422, "group b has 0"},
		{"exemplar outside", "arithmetic", `{"a": [1], "b": [-3], "c": [2]}`, 422, "no image -3"},
		{"turn of one step", "turn", `{"left": [1], "right": [2], "steps": 1}`, 422, "1 steps"},
		{"box outside", "forget/maps", fmt.Sprintf(box, 0, 4, 33, "conv2", 0.1), 422, "outside its image"},
		{"box of no image", "forget/maps", fmt.Sprintf(box, 200, 4, 14, "conv2", 0.1), 422, "200 images"},
		{"box without a cell", "forget/maps", fmt.Sprintf(box, 0, 5, 6, "dense", 0.1), 422, "no cell"},
		{"no cost", "forget/maps", fmt.Sprintf(box, 0, 4, 14, "conv2", -1.), 422, "greater than 0"},
		{"a cost of 0", "forget/maps", fmt.Sprintf(box, 0, 4, 14, "conv2", 0.), 422, "greater than 0"},
		{"a score at a cost of 0", "forget/score", fmt.Sprintf(box, 0, 4, 14, "conv2", 0.), 422, "greater than 0"},
		{"no maps", "forget/score", `{"boxes": [{"image": 0, "x0": 4, "y0": 6, "x1": 14, "y1": 20}], "layer": "conv2", "c": 0.1, "maps": []}`, 422, "no map is named"},
		{"a map twice", "forget/score", `{"boxes": [{"image": 0, "x0": 4, "y0": 6, "x1": 14, "y1": 20}], "layer": "conv2", "c": 0.1, "maps": [0, 0]}`, 422, "map 0 is named twice"},
		{"a number that is text", "forget/maps", `{"boxes": [{"image": 0, "x0": "4", "y0": 6, "x1": 14, "y1": 20}], "layer": "conv2", "c": 0.1}`, 400, "boxes.x0 is a string"},
		{"no boxes", "forget/maps", `{"boxes": [], "layer": "conv2", "c": 0.1}`, 422, "no boxes"},
		{"boxes are not found", "forget/boxes", `{"n": 10}`, 422, "draw them"},
		{"box that is empty", "boxes", `{"boxes": [{"image": 0, "x0": 4, "y0": 6, "x1": 4, "y1": 9}]}`, 422, "exclusive"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text := ask(t, url+"api/"+tt.path, "application/json", []byte(tt.body))
			if status != tt.status || !strings.Contains(text, tt.says) {
				t.Errorf("status %d, %s; want %d and %q", status, text, tt.status, tt.says)
			}
		})
	}
	if got := get[samplesAnswer](t, url+"api/samples", `{"first": 0}`); len(got.Images) != DefaultSamples {
		t.Errorf("%d samples after all refusals", len(got.Images))
	}
}

// A foreign host and a path outside the page find nothing, and the page refers to nothing outside.
func TestGuard(t *testing.T) {
	g, p := tiny(t, "svhn32")
	url := served(t, Options{Generator: g, Pool: p})
	for _, tt := range []struct {
		host, path string
		status     int
	}{{"evil.example", "", 403}, {"", "../../../etc/passwd", 404}, {"", "%2e%2e/explore.go", 404}, {"", "", 200}, {"", "api/model", 200}} {
		r, err := http.NewRequest("GET", url+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.host != "" {
			r.Host = tt.host
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != tt.status {
			t.Errorf("host %q, path %q: status %d, want %d", tt.host, tt.path, answer.StatusCode, tt.status)
		}
	}
	files, err := embedded.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := embedded.ReadFile("page/" + f.Name())
		if err != nil || bytes.Contains(text, []byte("://")) || bytes.Contains(text, []byte(`="//`)) {
			t.Errorf("%s refers to something outside (%v)", f.Name(), err)
		}
		answer, err := http.Get(url + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		if answer.Body.Close(); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s is served with status %d (%v)", f.Name(), answer.StatusCode, err)
		}
	}
}
