// Package fetch downloads files whose size and checksum are known beforehand.
//
//	f := fetch.File{URLs: urls, Size: 170052171, SHA256: sum}
//	err := f.Get(ctx, "/data/cifar-10-binary.tar.gz", fetch.Options{})
//
// Invariants: what has its final name has the known size and checksum. A download
// that ends early, whatever ends it, leaves PATH.part with the bytes so far and
// PATH.part.json with where they came from; the next Get goes on from there. Of
// several processes and goroutines that want one file, one downloads it and the
// others wait for it.
//
// A part is continued by an HTTP range with If-Range, and from another mirror by
// the range alone. Whether the pieces fit is decided by the checksum of the whole:
// where it differs, the download starts afresh, and only a server that sent all
// bytes itself is found to have another file.
package fetch
