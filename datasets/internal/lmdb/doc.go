// Package lmdb reads the data file of an LMDB environment (data.mdb): it lists the
// keys of the main database in their order with the position of each value in the file,
// so that values can be read without a lock, from any goroutine:
//
//	db, err := lmdb.Open("bedroom_train_lmdb/data.mdb")
//	err = db.Walk(func(key []byte, v lmdb.Value) error { … })
//
// The package reads files of 64-bit little-endian machines in the format of LMDB 0.9
// (version 1), with any page size. It neither writes nor locks a file: no writer may use
// the file. It refuses named databases, several values per key, and keys that are not in
// byte order. It also refuses files with inconsistent pages: every offset in a page is
// checked before it is followed, keys must ascend, and all leaves must have the same
// depth, so that every walk ends.
//
// The format is defined by mdb.c of OpenLDAP's liblmdb; there is no other document.
package lmdb
