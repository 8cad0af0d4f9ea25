package datatest

// PictureHeads are the first bytes of pictures of unsupported formats, by format.
var PictureHeads = map[string]string{
	"GIF": "GIF89a\x01\x00\x01\x00", "TIFF": "II*\x00\x08\x00\x00\x00", "PNM": "P5\n2 2\n255\n0000", "PAM": "P7\nWIDTH 2\n",
	"BMP":       "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x02\x00\x00\x00",
	"JPEG 2000": "\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG XL": "\xff\x0a\xfa\x1f", "JPEG XR": "II\xbc\x01",
	"HEIF or AVIF": "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "QOI": "qoif\x00\x00\x00\x02",
	"Photoshop": "8BPS\x00\x01", "OpenEXR": "v/1\x01\x02\x00\x00\x00", "Radiance": "#?RADIANCE\n", "DDS": "DDS |\x00\x00\x00\x07",
}
