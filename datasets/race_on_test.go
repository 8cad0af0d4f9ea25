//go:build race

package datasets

// raceDetector reports that the tests run some ten times slower than usual.
const raceDetector = true
