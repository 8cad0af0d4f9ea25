package memorisation

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
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

func readSet(t *testing.T, path string) oracle.Set {
	t.Helper()
	shape, data := read[float32](t, path)
	s := oracle.Set{N: shape[0], D: shape[1], X: make([]float64, len(data))}
	for i, v := range data {
		s.X[i] = float64(v)
	}
	return s
}

// slowNear are the neighbours of the queries by their definition.
func slowNear(queries, base oracle.Set, k int, self bool) nearest.Near {
	rows, distances := oracle.NearestRows(queries, base, k, self)
	return nearest.Near{K: k, Rows: rows, Distances: distances}
}

// own are the distances of all rows from their 50 nearest others.
func own(s oracle.Set) nearest.TrainNear {
	near := slowNear(s, s, nearest.Wide, true)
	t := nearest.TrainNear{K: nearest.Wide, Distances: map[int32][]float64{}}
	for i := range s.N {
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

var goldenScores = map[nearest.Score]string{nearest.Distance: "distance", nearest.Ratio: "ratio_1_2", nearest.Carlini: "ratio_1_50mean", nearest.CarliniTrain: "ratio_trainneighbours50", nearest.Authenticity: "ratio_nn_of_nn"}

// golden2 are the sets of golden/gan_metrics2 with their neighbours.
type golden2 struct {
	dir, name        string
	train, test, gen oracle.Set
	genNear, held    nearest.Near
	own              nearest.TrainNear
	label            []uint8
}

// neighbours2 are the neighbours of each set, searched once for all tests.
var neighbours2 sync.Map

type found2 struct {
	genNear, held nearest.Near
	own           nearest.TrainNear
}

func openGolden2(t *testing.T, name string) golden2 {
	t.Helper()
	g := golden2{dir: testenv.Path(t, "golden", "gan_metrics2"), name: name}
	g.train, g.test, g.gen = readSet(t, g.path("train")), readSet(t, g.path("test")), readSet(t, g.path("gen"))
	once, _ := neighbours2.LoadOrStore(name, sync.OnceValue(func() found2 {
		return found2{slowNear(g.gen, g.train, nearest.Wide, false), slowNear(g.test, g.train, nearest.Wide, false), own(g.train)}
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

// scores computes the scores and compares them with the scores in a file, in which 0/0 is NaN.
func (g golden2) scores(t *testing.T, s nearest.Score, near nearest.Near, file string) nearest.Scored {
	t.Helper()
	got, err := nearest.Scores(s, near, g.own)
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
		oracle.Within(t, fmt.Sprintf("%s of image %d", file, i), got.Values[i], w, oracle.Exact)
	}
	if got.Undecided != undecided || (undecided > 0) != (len(got.Duplicates) > 0) {
		t.Errorf("%s: %d scores are 0/0 (rows %v), want %d", file, got.Undecided, got.Duplicates, undecided)
	}
	return got
}

func (g golden2) checkDetection(t *testing.T, want detection, gen, held nearest.Scored, what string) {
	t.Helper()
	p := pvalues.PValues(held.Values, gen.Values)
	if at1, at5, bh := pvalues.Flagged(p, 0.01), pvalues.Flagged(p, 0.05), len(pvalues.BenjaminiHochberg(p, 0.05).Selected); at1 != want.At1 || at5 != want.At5 || bh != want.BH || gen.Undecided != want.NaN {
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
	oracle.Within(t, what+": smallest p", smallest, want.Smallest, oracle.Exact)
	if want.AUC != nil {
		oracle.Within(t, what+": AUC", ranks.AUC(copies, held.Values), *want.AUC, oracle.Exact)
	}
}
