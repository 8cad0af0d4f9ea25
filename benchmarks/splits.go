package benchmarks

import (
	"fmt"

	"repbench/datasets"
)

// evaluated are the splits that an evaluation of features needs, with labels; wanted says
// how a user comes by them.
var evaluated = []string{datasets.Train, datasets.Test}

const wanted = "an evaluation fits on a training split and reports on a test split, both with labels: " +
	"take a data set that has them (a folder has train/CLASS/… and test/CLASS/…)"

// checkSplits says, before features of a data set are extracted, what it lacks for an
// evaluation of them.
func checkSplits(d *datasets.Dataset) error {
	for _, name := range evaluated {
		s, err := d.Split(name)
		if err != nil {
			return fmt.Errorf("%w; %s", err, wanted)
		}
		if s.Labels == nil {
			return fmt.Errorf("data set %s: split %s has no labels; %s", d.Name, name, wanted)
		}
	}
	return nil
}
