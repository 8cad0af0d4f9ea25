// Package measure has the form in which every kind of result states its numbers: a
// Measurement, with the Selection that says on what the settings behind it were chosen.
//
// The result of an evaluation returns its measurements itself; whoever stores, compares
// or plots results needs to know nothing else of their kinds.
package measure

import (
	"fmt"
	"math"
)

// Direction says which values of a measurement are better.
type Direction string

// Directions; "" where neither is better.
const (
	Higher Direction = "higher"
	Lower  Direction = "lower"
)

// Units of what is counted by Cases.
const (
	Images = "images"
	Draws  = "draws"
)

// Names of measurements that several kinds of results share.
const (
	TestAccuracy  = "test_accuracy"
	TrainAccuracy = "train_accuracy"
	ValidAccuracy = "valid_accuracy"
	// Top5Accuracy is the share of rows whose class is among the five of largest score.
	Top5Accuracy = "test_top5_accuracy"
	// MeanClassAccuracy is the mean over the classes of the accuracy on their test rows.
	MeanClassAccuracy = "test_mean_class_accuracy"
)

// Measurement is one number of a result.
type Measurement struct {
	// Name is the same for the same quantity in all results: "test_accuracy".
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// CI95 is the 95 % interval of the value over its cases; nil: not known.
	CI95 *[2]float64 `json:"ci95,omitempty"`
	// Cases is the number of images, draws, … behind the value and its interval, Unit
	// says which of them; 0: not known.
	Cases int    `json:"cases,omitempty"`
	Unit  string `json:"unit,omitempty"`
	// Better says which values are better.
	Better Direction `json:"better,omitempty"`
	// SelectedOn says on what the settings were chosen; nil: there were none to choose.
	SelectedOn *Selection `json:"selected_on,omitempty"`
	// ReportedOn is the split that the value is of: "test".
	ReportedOn string `json:"reported_on,omitempty"`
}

// Interval returns an interval for CI95: nil for one that was never set, [0, 0] around
// another value.
func Interval(ci [2]float64, value float64) *[2]float64 {
	if ci == [2]float64{} && value != 0 {
		return nil
	}
	return &ci
}

// Check says what is wrong with a measurement.
func (m Measurement) Check() error {
	switch {
	case m.Name == "":
		return fmt.Errorf(`a measurement needs a "name"`)
	case math.IsNaN(m.Value) || math.IsInf(m.Value, 0):
		return fmt.Errorf("measurement %s is %v; leave out what is not known", m.Name, m.Value)
	case m.CI95 != nil && !(m.CI95[0] <= m.CI95[1]):
		return fmt.Errorf("measurement %s has the interval %v; its lower end comes first", m.Name, *m.CI95)
	case m.Cases < 0:
		return fmt.Errorf("measurement %s has %d cases; the number must not be negative", m.Name, m.Cases)
	case m.Better != "" && m.Better != Higher && m.Better != Lower:
		return fmt.Errorf("measurement %s: better is %q; it must be %q, %q or absent", m.Name, m.Better, Higher, Lower)
	}
	return nil
}
