// Package archive reads folders, tar, tar.gz and zip files, and LMDB databases, as a walk over
// entries with a name and a content. It decides how such a container is read and which names in
// it are refused, but not what the entries mean to a data set.
package archive
