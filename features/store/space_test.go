package store

import (
	"strings"
	"testing"

	"repbench/features/matrix"
)

func TestSameSpace(t *testing.T) {
	base := Meta{Key: Key{
		Version: 1, Encoder: "dcgan:a", WeightsHash: "w", Data: "cifar10", DataHash: "d", Pooling: PoolMax, Grid: 4,
		Layers: []matrix.Layer{{Name: "conv1", Columns: [2]int{0, 8}}}, BatchNorm: Fixed, DType: "float32",
	}}
	for name, c := range map[string]struct {
		change func(*Meta)
		want   string
	}{
		"the same":              {func(*Meta) {}, ""},
		"another path":          {func(m *Meta) { m.Encoder = "dcgan:b" }, ""},
		"another type on disk":  {func(m *Meta) { m.DType = "float16" }, ""},
		"other weights":         {func(m *Meta) { m.WeightsHash = "v" }, "different encoders"},
		"another pooling":       {func(m *Meta) { m.Pooling = PoolMean }, "different encoders"},
		"another grid":          {func(m *Meta) { m.Grid = 2 }, "different encoders"},
		"other layers":          {func(m *Meta) { m.Layers = nil }, "different encoders"},
		"other statistics":      {func(m *Meta) { m.BatchNorm = Batch }, "--batch-norm"},
		"statistics of another": {func(m *Meta) { m.Data, m.DataHash = "svhn", "e" }, "DIR/train"},
		"other data, running":   {func(m *Meta) { m.DataHash, m.BatchNorm = "e", Running }, "--batch-norm"},
	} {
		m := base
		c.change(&m)
		err := SameSpace(&base, &m)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	a, b := base, base
	a.BatchNorm, b.BatchNorm, b.DataHash = Running, Running, "e"
	if err := SameSpace(&a, &b); err != nil {
		t.Errorf("running statistics are part of the weights, and other data are refused: %v", err)
	}
	a.WeightsHash, b.WeightsHash, b.Encoder = "", "", "pixels"
	if SameSpace(&a, &b) == nil {
		t.Error("encoders of other names without weights pass")
	}
}
