package benchmarks

import (
	"context"
	"errors"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/features"
	"repbench/features/matrix"
	"repbench/features/store"
)

// sharing is threeWays with the first n test images replaced by the first n training images.
func sharing(n int) *datasets.Dataset {
	ds := threeWays("train", "test")
	train, test := ds.Splits[0].Images, ds.Splits[1].Images
	copy(test.Data[:n*test.Stride()], train.Data)
	ds.Splits[1].IDs[0], ds.Splits[0].IDs[0] = "test/a.png", "train/b.png"
	return ds
}

// Every evaluation of a folder warns of rows that its splits share and refuses a
// split that is another one; what is known of the images goes first.
func TestSharedRows(t *testing.T) {
	evaluations := map[string]func(*store.Folder, *Overlap) ([]string, error){
		"linear": func(f *store.Folder, o *Overlap) ([]string, error) {
			r, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}, func(in *input) { in.overlap = o })
			if err != nil {
				return nil, err
			}
			return linearOf(r).Warnings, nil
		},
		"few labels": func(f *store.Folder, o *Overlap) ([]string, error) {
			r, err := all(t, f, FewShot{FewShotOptions: eval.FewShotOptions{Draws: 2, C: []float64{1e-3}}, LabelCounts: []int{2}}, func(in *input) { in.overlap = o })
			if err != nil {
				return nil, err
			}
			return fewShotOf(r[0]).Warnings, nil
		},
		"knn": func(f *store.Folder, o *Overlap) ([]string, error) {
			r, err := one(t, f, KNN{}, func(in *input) { in.overlap = o })
			if err != nil {
				return nil, err
			}
			return knnOf(r).Warnings, nil
		},
	}
	const said = "of the images"
	for name, evaluate := range evaluations {
		t.Run(name, func(t *testing.T) {
			warnings, err := evaluate(folder(t, sharing(4), features.Options{}), nil)
			if text := strings.Join(warnings, "\n"); err != nil || !strings.Contains(text, "4 of 90 rows of the test split equal a row of the train split") {
				t.Errorf("warnings %q, error %v", text, err)
			}
			if warnings, err = evaluate(folder(t, sharing(0), features.Options{}), nil); err != nil || strings.Contains(strings.Join(warnings, "\n"), "equal a row") {
				t.Errorf("nothing shared: warnings %q, error %v", warnings, err)
			}
			if warnings, err = evaluate(folder(t, sharing(4), features.Options{}), &Overlap{[]string{said}}); err != nil || warnings[len(warnings)-1] != said {
				t.Errorf("images were compared: warnings %q, error %v", warnings, err)
			}
			same := folder(t, sharing(90), features.Options{})
			if _, err = evaluate(same, nil); !errors.Is(err, matrix.ErrSameRows) || !strings.Contains(err.Error(), same.Dir) {
				t.Errorf("one split twice: error %v", err)
			}
		})
	}
}

func TestCompareImages(t *testing.T) {
	o, err := CompareImages(context.Background(), sharing(3), nil)
	if err != nil || len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0], "3 of 90 images of the test split equal an image of the train split (the first: test/a.png equals train/b.png)") {
		t.Errorf("%+v, error %v", o, err)
	}
	if o, err = CompareImages(context.Background(), threeWays("train", "valid", "test"), nil); err != nil || len(o.Warnings) != 0 {
		t.Errorf("nothing shared: %+v, error %v", o, err)
	}
	_, err = CompareImages(context.Background(), sharing(90), nil)
	if !errors.Is(err, matrix.ErrSameRows) || !strings.Contains(err.Error(), "channels") || !strings.Contains(err.Error(), "all 90") {
		t.Errorf("one split twice: error %v", err)
	}
}
