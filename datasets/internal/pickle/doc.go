// Package pickle reads the few pickles in which data sets are published for Python:
// a dictionary of texts, integers, lists and NumPy arrays of integers, as CIFAR-10 and
// CIFAR-100 have them. It understands protocols 0 to 5 as far as Python 2 and 3 use
// them for such values.
//
// A pickle is a program for a stack machine that may name and call any function of
// Python. Here nothing is called: the five names that NumPy's arrays need are known
// (see call.go), any other name is an error, and so is an instruction that such values
// do not need.
//
// Memory is bounded by the length of the input: byte strings are parts of it, the
// decoded ones are counted, and so are all other values.
//
// Values are nil, bool, int64, string (Unicode), []byte (bytes, and Python 2's str),
// Tuple, *List, *Dict and *Array.
package pickle
