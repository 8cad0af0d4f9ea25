//go:build race

package shapes

// raceEnabled says that the race detector is on, which slows arithmetic tenfold.
const raceEnabled = true
