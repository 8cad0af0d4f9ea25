// Package picture turns the bytes of JPEG, PNG and WebP files into pixels, and tells by
// suffix or first bytes what kind of picture a file is. A new image format has its place
// here; files, archives and data sets are not known here.
package picture
