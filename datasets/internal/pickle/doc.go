// Package pickle reads the few pickles in which data sets are published for Python:
// a dictionary of texts, integers, lists and NumPy arrays of integers, as in CIFAR-10 and
// CIFAR-100. It supports the parts of protocols 0 to 5 that Python 2 and 3 use for such
// values.
//
// A pickle is a program for a stack machine that may name and call any function of
// Python. This package calls no Python function: it knows the five names that NumPy's
// arrays need (see call.go). Any other name is an error, and so is an instruction that such
// values do not need.
//
// Memory is bounded by the length of the input: byte strings are parts of it, and decoded
// strings and all other values are counted.
//
// Values are nil, bool, int64, string (Unicode), []byte (bytes, and Python 2's str),
// Tuple, *List, *Dict and *Array.
package pickle
