// Package exif reads the orientation that a camera wrote into a JPEG, PNG or WebP
// file, and turns pixels by it.
//
// The orientation is tag 0x0112 of the first directory of an EXIF block (CIPA
// DC-008, 4.6.5), a small TIFF file: in a JPEG file the segment APP1, in a PNG file
// the chunk eXIf, in a WebP file the chunk EXIF. Nothing else of a block is read, and
// of a block the first 64 KiB at most. A block that is damaged or says nothing counts
// as none; no input makes the package panic or allocate.
package exif
