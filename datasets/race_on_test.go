//go:build race

package datasets

// raceDetector says that the tests run some ten times slower than usual.
const raceDetector = true
