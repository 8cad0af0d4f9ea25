package eval_test

import (
	"context"
	"fmt"

	"repbench/eval"
	"repbench/eval/linear"
	"repbench/features/matrix"
)

// Four rows of two features that one line separates, and two to test on. By
// symmetry w = (a, -a) with every margin a, so each class minimises
// a² + 4C(1-a)²: a = 0.8, objective 0.8.
func ExampleLinear() {
	train, err := matrix.New([]float32{1, 0, 2, 1, 0, 1, 1, 2}, 4, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	test, err := matrix.New([]float32{3, 1, 1, 3}, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := eval.Linear(context.Background(), eval.LinearOptions{
		Train:   eval.ForFitting(matrix.Labelled{X: train, Y: []int32{0, 0, 1, 1}}),
		Test:    eval.ForReport(matrix.Labelled{X: test, Y: []int32{0, 1}}),
		C:       []float64{1},
		Classes: []string{"right", "up"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("test accuracy %.0f %% [%.0f, %.0f], C = %g selected on %s\n",
		100*r.TestAccuracy, 100*r.TestCI95[0], 100*r.TestCI95[1], r.C, r.SelectedOn)
	fmt.Printf("objective %.4f\n", r.Objective)
	// Output:
	// test accuracy 100 % [34, 100], C = 1 selected on none (fixed C)
	// objective 1.6000
}

// One feature of value 1.5 in class 0 and -1.5 in class 1: the objective of each
// class is 2C/(1 + 4C·1.5²), 0.2 at C = 1.
func ExampleFitSVM() {
	x, err := matrix.New([]float32{1.5, -1.5}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fits, err := linear.FitSVM(context.Background(), x, []int32{0, 1}, 2, linear.Options{C: []float64{1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.6f converged %v\n", fits[0].ObjectivePerClass, fits[0].Converged)
	test, err := matrix.New([]float32{-2, 3, -1}, 3, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	predicted, err := fits[0].Model.Predict(context.Background(), test, 0)
	fmt.Println(predicted, err)
	// Output:
	// [0.200000 0.200000] converged true
	// [1 0 1] <nil>
}
