package inside

import (
	"context"
	"os"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/features"
	"repbench/internal/progress"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/sheet"
)

// Judge asks the discriminator of a generator's model. Its batch norm uses statistics of the
// training images of ds, kept in dir, or, where ds is nil, the running ones of its training. A model
// that has neither has no judge: nil. release is to be called at the end.
func Judge(ctx context.Context, g *vis.Generator, ds *datasets.Dataset, dir string, p progress.Reporter) (judge latent.Judge, release func(), err error) {
	release = func() {}
	if ds == nil {
		running, err := g.Model.Running()
		if err != nil {
			return nil, release, nil // a model that was not trained here has none
		}
		return runningJudge(g, running)
	}
	critic, err := features.NewCritic(g.Model, g.Backend)
	if err != nil {
		return nil, release, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, critic.Close, err
	}
	if err := critic.Prepare(ctx, ds, dir, p); err != nil {
		return nil, critic.Close, err
	}
	return func(ctx context.Context, im dcgan.Images) ([]float64, error) {
		shown, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
		if err != nil {
			return nil, err
		}
		return critic.Logits(ctx, shown, "the figure", p)
	}, critic.Close, nil
}

// runningJudge is a judge with the running statistics of the training.
func runningJudge(g *vis.Generator, running []*dcgan.HostStats) (latent.Judge, func(), error) {
	var args []any
	for _, s := range running {
		if s != nil {
			args = append(args, s.Mean, s.Variance)
		}
	}
	m := g.Model
	exec, err := m.Compile(g.Backend, func(in []*graph.Node) []*graph.Node {
		return []*graph.Node{m.Logits(m.Discriminate(in[0], m.Arch.FixedStats(in[1:])))}
	})
	if err != nil {
		return nil, func() {}, err
	}
	return func(_ context.Context, im dcgan.Images) ([]float64, error) {
		x := tensors.FromFlatDataAndDimensions(im.Data, im.N, im.H, im.W, im.C)
		out, err := exec.Call1(append([]any{x}, args...)...)
		if err != nil {
			return nil, err
		}
		defer out.FinalizeAll()
		logits, err := tensors.CopyFlatData[float32](out)
		wide := make([]float64, len(logits))
		for i, v := range logits {
			wide[i] = float64(v)
		}
		return wide, err
	}, exec.Finalize, nil
}
