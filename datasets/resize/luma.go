package resize

// Luma writes the grey of RGB pixels to dst, one byte each, with the weights and the rounding of
// Pillow's convert("L"): equal channels keep their value.
func Luma(dst, rgb []uint8) {
	for i := range dst {
		p := rgb[3*i:][:3]
		dst[i] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
	}
}
