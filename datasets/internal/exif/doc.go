// Package exif reads the orientation that a camera wrote into a JPEG, PNG or WebP
// file, and turns pixels by it.
//
// The orientation is tag 0x0112 of the first directory of an EXIF block (CIPA
// DC-008, 4.6.5), a small TIFF file: in a JPEG file the segment APP1, in a PNG file
// the chunk eXIf, in a WebP file the chunk EXIF. The package reads nothing else of
// a block, and only the first 64 KiB. A block that is damaged or has no orientation is
// ignored. No input makes the package panic or allocate.
package exif
