package jpegscale

// baseline reads a block of a file that is not progressive and writes its samples to the plane.
func (d *Decoder) baseline(c *component, bx, by int) error {
	b := &d.bits
	size, err := d.tables[0][c.dcTable].symbol(b)
	if err != nil {
		return err
	}
	if size > 15 {
		return errCode
	}
	c.dc = int32(int16(c.dc + b.signed(int(size))))
	ac := &d.tables[1][c.acTable]
	if bx < c.need.Min.X || bx >= c.need.Max.X || by < c.need.Min.Y || by >= c.need.Max.Y {
		return ac.pass(b)
	}
	dst := c.plane[(by*c.stride()+bx)*c.size:]
	if c.size == 1 {
		dst[0] = mean(c.dc * c.quant[0])
		return ac.pass(b)
	}
	d.block[0] = c.dc * c.quant[0]
	last, err := ac.coefficients(b, &d.block, &c.quant)
	if err != nil {
		return err
	}
	if last == 0 {
		flat(dst, c.stride(), c.size, mean(d.block[0]))
		return nil
	}
	inverse(dst, c.stride(), c.size, &d.block, last)
	clear(d.block[:])
	return nil
}

// pass skips the AC coefficients of a block.
func (t *table) pass(b *bits) error {
	acc, n := b.acc, b.n
	for k := 1; k < 64; {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		// An end of block occurs only where a coefficient is left.
		e := t.skip[acc>>(64-skipBits)]
		if used := uint(e & 15); used > 0 && k+int(e>>8&127)+int(e>>15) <= 64 {
			acc <<= used
			n -= int(used)
			if e>>15 != 0 {
				break
			}
			k += int(e >> 8 & 127)
			continue
		}
		b.acc, b.n = acc, n
		rs, err := t.symbol(b)
		if err != nil {
			return err
		}
		b.drop(int(rs & 15))
		acc, n = b.acc, b.n
		if rs&15 == 0 && rs != 0xf0 {
			break
		}
		k += int(rs>>4) + 1
	}
	b.acc, b.n = acc, n
	return nil
}

// coefficients reads the AC coefficients of a block, times quant, in natural order; last is the
// largest index, in the order of the file, of a coefficient that was set. The bit reader's
// state stays in registers while codes are short.
func (t *table) coefficients(b *bits, block, quant *[64]int32) (last int, err error) {
	acc, n := b.acc, b.n
	for k := 1; k < 64; k++ {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		if v := t.value[acc>>(64-lookBits)]; v != 0 {
			used := uint(v & 15)
			acc <<= used
			n -= int(used)
			k += int(v >> 8 & 15)
			at := zigzag[k&127] & 63
			block[at] = v >> 16 * quant[at]
			last = k
			continue
		}
		b.acc, b.n = acc, n
		rs, err := t.symbol(b)
		if err != nil {
			return 0, err
		}
		size := int(rs & 15)
		if size == 0 && rs != 0xf0 { // end of block
			return last, nil
		}
		k += int(rs >> 4)
		if size > 0 {
			at := zigzag[k&127] & 63
			block[at] = b.signed(size) * quant[at]
			last = k
		}
		acc, n = b.acc, b.n
	}
	b.acc, b.n = acc, n
	return last, nil
}
