// Package fetch downloads files of known size and checksum.
//
//	f := fetch.File{URLs: urls, Size: 170052171, SHA256: sum}
//	err := f.Get(ctx, "/data/cifar-10-binary.tar.gz", fetch.Options{})
//
// Invariants: a file under its final name has the known size and checksum. A download
// that ends early for any reason leaves PATH.part with the bytes so far and
// PATH.part.json with their origin; the next Get resumes from there. If several
// processes and goroutines request the same file, one downloads it and the others wait.
//
// A part is continued by an HTTP range with If-Range, and from another mirror by the
// range alone. The checksum of the whole file decides whether the pieces fit. If it
// differs, the download starts afresh. A server is reported to have another file only
// if it sent all bytes itself.
package fetch
