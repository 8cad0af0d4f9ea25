// Package lmdb reads the data file of an LMDB environment (data.mdb): it lists the
// keys of the main database in their order, and says where in the file each value
// lies, so that it can be read without a lock, from any goroutine:
//
//	db, err := lmdb.Open("bedroom_train_lmdb/data.mdb")
//	err = db.Walk(func(key []byte, v lmdb.Value) error { … })
//
// Read are files of 64-bit little-endian machines in the format of LMDB 0.9
// (version 1), with any page size. Nothing is ever written, and no lock is taken:
// the file must not be in use by a writer. Named databases, several values of one
// key and other orders of keys than that of bytes are refused, as are files whose
// pages do not agree with one another: every offset in a page is checked before it
// is followed, keys must ascend, and all leaves lie at one depth, so that no walk
// is without end.
//
// The format is that of mdb.c of OpenLDAP's liblmdb, which has no other document.
package lmdb
