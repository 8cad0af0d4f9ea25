package main

import (
	"fmt"

	"repbench/eval"
)

// checkHoldOut refuses a value of --hold-out that is no share of a class. 0 holds
// out nothing, which is refused where there are several choices to make on the
// images, such as "2 C"; "" says there are none.
func checkHoldOut(share float64, choices, instead string) error {
	switch {
	case share != 0 && eval.CheckHoldOut(share) != nil:
		return usageError{fmt.Errorf("--hold-out %g is no share of a class: give a number between 0 and 1, such as 0.1", share)}
	case share == 0 && choices != "":
		return usageError{fmt.Errorf("--hold-out 0 leaves no images to choose among %s on: leave --hold-out out, or %s", choices, instead)}
	}
	return nil
}

// several names choices, such as "3 C"; it is "" where there is one.
func several(n int, what string) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, what)
}
