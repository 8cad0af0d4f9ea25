// Package picture converts the bytes of JPEG, PNG and WebP files to pixels, and recognises the
// kind of a picture file by its suffix or first bytes. New image formats belong here; the
// package does not know files, archives and data sets.
package picture
