// Package qualitytest holds the stored sets and expected values, random sets and definitions by
// loops that tests of several metrics of sample quality compare with.
package qualitytest
