// Package gate decides whether a change of the program made the results of a suite worse: it compares
// the lines of a base with the lines of a head and gives each cell a verdict (contract: docs/gate.md).
//
// A cell is one encoder on one data set under one protocol; its lines differ by seed. The drop of a
// cell is how much worse the head is: base minus head where higher values are better, head minus base
// where lower ones are. A cell is judged in one of three ways:
//
//   - identical: recipe, weights and predictions equal the base's. It passes.
//   - fixed: nothing about it is random. Its drop on these test images is exact; McNemar's test and
//     Tango's interval say what it means for other images.
//   - seeded: the drop of the means over seeds, by a t-test over all seeds and another over pairs of
//     equal seeds. It is looked at only when a declared number of head seeds is there (Rule.Looks).
//
// Regressed is a drop that is shown to be above 0 after Holm's correction over all cells of the suite,
// pass a drop that is shown to be below the margin, and inconclusive neither of them.
//
//	c, err := gate.Compare(base, head, gate.Default())
//	if err != nil {
//		return err // no comparison
//	}
//	fmt.Println(c.Verdict, c.ExitCode())
//
// The package reads no files and draws nothing. Equal lines give equal verdicts in any order; lines that are added for later looks do not change what an earlier look decided.
package gate
