package train

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends/backendtest"
)

// TestAdam compares Adam with the formulas of Kingma and Ba, including the L2 term, in float64.
func TestAdam(t *testing.T) {
	b := backendtest.CPU(t)
	a := Adam{LearningRate: 0.1, Beta1: 0.5, Beta2: 0.9, Epsilon: 1e-8, WeightDecay: 0.01}
	store, paths := model.NewStore(), []string{"/test/p"}
	if _, err := store.CreateVariable(paths[0], tensors.FromFlatDataAndDimensions([]float32{1, -2}, 2)); err != nil {
		t.Fatal(err)
	}
	if err := AddMoments(store, paths); err != nil {
		t.Fatal(err)
	}
	e, err := model.NewExec(b.Compute, store, func(_ *model.Scope, c *graph.Node) *graph.Node {
		p := store.GetVariable(paths[0]).NodeValue(c.Graph())
		loss := graph.ReduceAllSum(graph.Mul(graph.Square(p), p)) // gradient 3p²
		a.Minimise(store, paths, loss, c)
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{1, -2}
	var m1, m2 [2]float64
	for step := int64(1); step <= 5; step++ {
		if _, err := e.Call(a.Corrections(step)); err != nil {
			t.Fatal(err)
		}
		for i, p := range want {
			g := 3*p*p + 0.01*p
			m1[i] = 0.5*m1[i] + 0.5*g
			m2[i] = 0.9*m2[i] + 0.1*g*g
			mHat, vHat := m1[i]/(1-math.Pow(0.5, float64(step))), m2[i]/(1-math.Pow(0.9, float64(step)))
			want[i] -= 0.1 * mHat / (math.Sqrt(vHat) + 1e-8)
		}
		value, err := store.GetVariable(paths[0]).Value()
		if err != nil {
			t.Fatal(err)
		}
		got, err := tensors.CopyFlatData[float32](value)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if math.Abs(float64(got[i])-want[i]) > 1e-5*math.Abs(want[i]) { // float32 rounding over 5 steps
				t.Errorf("step %d: p[%d] = %g, want %g", step, i, got[i], want[i])
			}
		}
	}
}
