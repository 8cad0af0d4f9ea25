package memorisation

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testenv"
)

func readJSON(t *testing.T, into any, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func read[T npy.Elem](t *testing.T, path string) (shape []int, data []T) {
	t.Helper()
	shape, data, err := npy.Read[T](path)
	if err != nil {
		t.Fatal(err)
	}
	return shape, data
}

func readSet(t *testing.T, path string) set {
	t.Helper()
	shape, data := read[float32](t, path)
	s := set{n: shape[0], d: shape[1], x: make([]float64, len(data))}
	for i, v := range data {
		s.x[i] = float64(v)
	}
	return s
}

// slowNear are the neighbours of the queries by their definition.
func slowNear(queries, base set, k int, self bool) Near {
	rows, distances := nearestRows(queries, base, k, self)
	return Near{K: k, Rows: rows, Distances: distances}
}

// own are the distances of all rows from their 50 nearest others.
func own(s set) TrainNear {
	near := slowNear(s, s, wide, true)
	t := TrainNear{K: wide, Distances: map[int32][]float64{}}
	for i := range s.n {
		t.Distances[int32(i)] = near.Of(i)
	}
	return t
}

// detection are the values of one score in expected.json.
type detection struct {
	At1      int      `json:"flagged_at_0.01"`
	At5      int      `json:"flagged_at_0.05"`
	BH       int      `json:"bh_at_0.05"`
	Smallest float64  `json:"smallest_p"`
	AUC      *float64 `json:"auc_copies_vs_test"`
	NaN      int      `json:"nan_to_zero"`
}

var goldenScores = map[Score]string{Distance: "distance", Ratio: "ratio_1_2", Carlini: "ratio_1_50mean", CarliniTrain: "ratio_trainneighbours50", Authenticity: "ratio_nn_of_nn"}

// golden2 are the sets of golden/gan_metrics2 with their neighbours.
type golden2 struct {
	dir, name        string
	train, test, gen set
	genNear, held    Near
	own              TrainNear
	label            []uint8
}

// neighbours2 are the neighbours of each set, searched once for all tests.
var neighbours2 sync.Map

type found2 struct {
	genNear, held Near
	own           TrainNear
}

func openGolden2(t *testing.T, name string) golden2 {
	t.Helper()
	g := golden2{dir: testenv.Path(t, "golden", "gan_metrics2"), name: name}
	g.train, g.test, g.gen = readSet(t, g.path("train")), readSet(t, g.path("test")), readSet(t, g.path("gen"))
	once, _ := neighbours2.LoadOrStore(name, sync.OnceValue(func() found2 {
		return found2{slowNear(g.gen, g.train, wide, false), slowNear(g.test, g.train, wide, false), own(g.train)}
	}))
	found := once.(func() found2)()
	g.genNear, g.held, g.own = found.genNear, found.held, found.own
	_, g.label = read[uint8](t, g.path("label"))
	return g
}

func (g golden2) path(what string) string { return filepath.Join(g.dir, g.name+"_"+what+".npy") }

var golden2Sets = []string{"synth16", "synth64", "real48"}

func TestGoldenScores(t *testing.T) {
	for _, name := range golden2Sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openGolden2(t, name)
			var expected map[string]struct{ Detection map[string]detection }
			readJSON(t, &expected, filepath.Join(g.dir, "expected.json"))
			for score, file := range goldenScores {
				gen := g.scores(t, score, g.genNear, file+"_gen")
				held := g.scores(t, score, g.held, file+"_test")
				g.checkDetection(t, expected[name].Detection[file], gen, held, file)
			}
		})
	}
}

// scores computes the scores and compares them with those of a file, in which 0/0 is NaN.
func (g golden2) scores(t *testing.T, s Score, near Near, file string) Scored {
	t.Helper()
	got, err := Scores(s, near, g.own)
	if err != nil {
		t.Fatal(err)
	}
	_, want := read[float64](t, g.path(file))
	undecided := 0
	for i, w := range want {
		if math.IsNaN(w) {
			undecided++
			w = 0
		}
		within(t, fmt.Sprintf("%s of image %d", file, i), got.Values[i], w, exact)
	}
	if got.Undecided != undecided || (undecided > 0) != (len(got.Duplicates) > 0) {
		t.Errorf("%s: %d scores are 0/0 (rows %v), want %d", file, got.Undecided, got.Duplicates, undecided)
	}
	return got
}

func (g golden2) checkDetection(t *testing.T, want detection, gen, held Scored, what string) {
	t.Helper()
	p := PValues(held.Values, gen.Values)
	if at1, at5, bh := Flagged(p, 0.01), Flagged(p, 0.05), len(BenjaminiHochberg(p, 0.05).Selected); at1 != want.At1 || at5 != want.At5 || bh != want.BH || gen.Undecided != want.NaN {
		t.Errorf("%s: flagged %d and %d, selected %d, undecided %d, want %+v", what, at1, at5, bh, gen.Undecided, want)
	}
	smallest := 1.0
	var copies []float64
	for i, v := range p {
		smallest = min(smallest, v)
		if g.label[i] != 0 {
			copies = append(copies, gen.Values[i])
		}
	}
	within(t, what+": smallest p", smallest, want.Smallest, exact)
	if want.AUC != nil {
		within(t, what+": AUC", AUC(copies, held.Values), *want.AUC, exact)
	}
}
