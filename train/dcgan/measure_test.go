package dcgan

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/train"
	"repbench/train/runfolder"
)

// brightness measures the mean of n generated pixels, and keeps the images of each measurement.
func brightness(every int64, n int, kept *[][]float32) *Measure {
	return &Measure{Every: every, Names: []string{"brightness"}, Note: "brightness",
		Settings: train.MeasureConfig{Metrics: []string{"brightness"}, Images: n},
		At: func(ctx context.Context, g Generator) ([]runfolder.Value, error) {
			var all []float32
			err := g.Each(ctx, n, func(im Images) error {
				if im.N > MeasureBatch || len(im.Data) != im.N*im.H*im.W*im.C {
					return errors.New("a batch of another size")
				}
				all = append(all, im.Data...)
				return nil
			})
			sum := 0.0
			for _, x := range all {
				sum += float64(x)
			}
			if kept != nil {
				*kept = append(*kept, all)
			}
			return []runfolder.Value{{Name: "brightness", Value: sum / float64(len(all))}}, err
		}}
}

// Measurements change no bit of a training, whole or resumed, with either alternation.
func TestMeasuringChangesNoBit(t *testing.T) {
	b := cpu(t)
	for _, alternate := range []Alternation{Released, Both} {
		t.Run(string(alternate), func(t *testing.T) {
			o := tinyOptions(t, 9)
			o.Alternate = alternate
			plain, measured, parts := t.TempDir(), t.TempDir(), t.TempDir()
			if _, err := Run(context.Background(), plain, tinyData(17), b, o); err != nil {
				t.Fatal(err)
			}
			want := lastCheckpoint(t, plain)
			var images [][]float32
			o.Measure = brightness(2, 131, &images)
			if _, err := Run(context.Background(), measured, tinyData(17), b, o); err != nil {
				t.Fatal(err)
			}
			sameCheckpoint(t, lastCheckpoint(t, measured), want)
			for i, im := range images {
				if len(im) != 131*32*32*3 {
					t.Errorf("measurement %d has %d values", i, len(im))
				}
			}
			if len(images) != 5 || slices.Equal(images[0], images[4]) {
				t.Errorf("%d measurements; the generator must change between them", len(images))
			}
			for _, steps := range []int64{3, 7, 9} {
				o.Steps, o.Measure = steps, brightness(2, 131, nil)
				if steps == 7 {
					o.Measure = nil // a sitting without measurements
				}
				if _, err := Run(context.Background(), parts, tinyData(17), b, o); err != nil {
					t.Fatal(err)
				}
			}
			sameCheckpoint(t, lastCheckpoint(t, parts), want)
		})
	}
}

// The same z are measured at every step and in every sitting, whatever the number of images:
// the first batch of two numbers of images is the same.
func TestMeasuredImages(t *testing.T) {
	b := cpu(t)
	first := func(n int) []float32 {
		var images [][]float32
		o := tinyOptions(t, 1)
		o.Measure = brightness(1, n, &images)
		if _, err := Run(context.Background(), t.TempDir(), tinyData(17), b, o); err != nil {
			t.Fatal(err)
		}
		return images[0]
	}
	const stride = 32 * 32 * 3
	many, again, one := first(MeasureBatch+1), first(MeasureBatch+40), first(MeasureBatch)
	if len(many) != (MeasureBatch+1)*stride {
		t.Fatalf("%d values", len(many))
	}
	if !slices.Equal(many[:MeasureBatch*stride], one) || !slices.Equal(again[:MeasureBatch*stride], one) {
		t.Error("the first batch depends on the number of images")
	}
}

// config.json says what was measured, also after a sitting that measured nothing; measurements
// that do not compare with the earlier ones are refused before anything is written.
func TestMeasureConfig(t *testing.T) {
	b := cpu(t)
	run := t.TempDir()
	sitting := func(steps int64, m *Measure) error {
		o := tinyOptions(t, steps)
		o.Measure = m
		_, err := Run(context.Background(), run, tinyData(17), b, o)
		return err
	}
	if err := sitting(2, brightness(2, 4, nil)); err != nil {
		t.Fatal(err)
	}
	if err := sitting(3, nil); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig(run)
	if err != nil || c.Measure == nil || c.Measure.Every != 2 || c.Measure.Images != 4 {
		t.Fatalf("config.json says %+v, %v", c.Measure, err)
	}
	before, err := os.ReadFile(filepath.Join(run, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sitting(4, brightness(2, 5, nil)); !errors.Is(err, runfolder.ErrDiffers) || !strings.Contains(err.Error(), "images is 5, was 4") || !strings.Contains(err.Error(), run) {
		t.Errorf("other images: error %v", err)
	}
	if after, err := os.ReadFile(filepath.Join(run, "metrics.jsonl")); err != nil || string(after) != string(before) {
		t.Errorf("the refusal changed the log: %v", err)
	}
	if err := sitting(4, brightness(3, 4, nil)); err != nil {
		t.Errorf("another interval: %v", err)
	}
	for _, m := range []*Measure{{}, {Every: 0, Names: []string{"x"}, At: brightness(1, 4, nil).At}, {Every: 1, Names: []string{"x"}}} {
		if err := sitting(5, m); !errors.Is(err, train.ErrOptions) {
			t.Errorf("%+v: error %v", m, err)
		}
	}
}

// A generator that gives no finite images has diverged, and the measurement says so.
func TestMeasuringDiverged(t *testing.T) {
	o := tinyOptions(t, 40)
	o.LearningRate, o.LogEvery, o.CheckpointEvery = 1e38, 100, 100
	o.Measure = brightness(1, 4, nil)
	if _, err := Run(context.Background(), t.TempDir(), tinyData(17), cpu(t), o); !errors.Is(err, train.ErrDiverged) {
		t.Errorf("error %v, want ErrDiverged", err)
	}
}
