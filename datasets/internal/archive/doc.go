// Package archive reads folders, tar, tar.gz and zip files, and LMDB databases, as a
// walk over entries with a name and a content. Here stands how such a container is
// read, and which names in it are refused; what the entries mean to a data set does not.
package archive
