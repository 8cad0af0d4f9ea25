package jpegscale

// coefficientsOf returns the 64 coefficients of a block.
func (c *component) coefficientsOf(bx, by int) *[64]int16 {
	return (*[64]int16)(c.coeffs[(by*c.across+bx)*64:])
}

// dcFirst reads the upper bits of the mean (section G.1.2.1 of the standard).
func (d *Decoder) dcFirst(c *component, bx, by int, low uint8) error {
	size, err := d.tables[0][c.dcTable].symbol(&d.bits)
	if err != nil {
		return err
	}
	if size > 15 {
		return errCode
	}
	c.dc = int32(int16(c.dc + d.bits.signed(int(size))))
	c.coefficientsOf(bx, by)[0] = int16(c.dc << low)
	return nil
}

// dcRefine reads one more bit of the mean.
func (d *Decoder) dcRefine(c *component, bx, by int, low uint8) error {
	if d.bits.take(1) != 0 {
		c.coefficientsOf(bx, by)[0] |= 1 << low
	}
	return nil
}

// acFirst reads the upper bits of a range of coefficients (section G.1.2.2).
func (d *Decoder) acFirst(c *component, bx, by int, s *scanHeader) error {
	if d.eobRun > 0 {
		d.eobRun--
		return nil
	}
	block, t := c.coefficientsOf(bx, by), &d.tables[1][c.acTable]
	for k := s.from; k <= s.to; k++ {
		rs, err := t.symbol(&d.bits)
		if err != nil {
			return err
		}
		run, size := int(rs>>4), int(rs&15)
		switch {
		case size > 0:
			k += run
			block[zigzag[k]&63] = int16(d.bits.signed(size) << s.low)
		case run == 15:
			k += 15
		default:
			d.eobRun = 1<<run - 1 + d.bits.take(run)
			return nil
		}
	}
	return nil
}

// acRefine reads one more bit of a range of coefficients (section G.1.2.3).
func (d *Decoder) acRefine(c *component, bx, by int, s *scanHeader) error {
	block, t := c.coefficientsOf(bx, by), &d.tables[1][c.acTable]
	bit := int16(1) << s.low
	k := s.from
	for ; d.eobRun == 0 && k <= s.to; k++ {
		rs, err := t.symbol(&d.bits)
		if err != nil {
			return err
		}
		run, fresh := int(rs>>4), int16(0)
		switch size := rs & 15; {
		case size == 1:
			if fresh = -bit; d.bits.take(1) != 0 {
				fresh = bit
			}
		case size != 0:
			return damaged("a refined coefficient has %d bits", size)
		case run < 15:
			d.eobRun = 1<<run + d.bits.take(run)
		}
		if d.eobRun > 0 {
			break
		}
		k = d.refine(block, k, s.to, run, bit)
		if fresh != 0 && k <= s.to {
			block[zigzag[k]] = fresh
		}
	}
	if d.eobRun > 0 {
		d.eobRun--
		d.refine(block, k, s.to, -1, bit)
	}
	return nil
}

// refine reads one bit for each nonzero coefficient from k on, up to the zero after run other
// zeros (run < 0: up to the end), and returns where it stopped.
func (d *Decoder) refine(block *[64]int16, k, to, run int, bit int16) int {
	for ; k <= to; k++ {
		p := &block[zigzag[k]]
		if *p == 0 {
			if run == 0 {
				break
			}
			run--
			continue
		}
		if d.bits.take(1) == 0 || *p&bit != 0 && *p > 0 || -*p&bit != 0 && *p < 0 {
			continue
		}
		if *p > 0 {
			*p += bit
		} else {
			*p -= bit
		}
	}
	return k
}

// reconstruct converts the coefficients of a progressive file to samples.
func (d *Decoder) reconstruct() {
	for i := range d.n {
		c := &d.comps[i]
		for by := c.need.Min.Y; by < min(c.need.Max.Y, c.down); by++ {
			for bx := c.need.Min.X; bx < min(c.need.Max.X, c.across); bx++ {
				last := 0
				for k, v := range c.coefficientsOf(bx, by) {
					d.block[k] = int32(v) * c.quant[k]
					if v != 0 && k > 0 {
						last = 63
					}
				}
				inverse(c.plane[(by*c.stride()+bx)*c.size:], c.stride(), c.size, &d.block, last)
			}
		}
	}
	clear(d.block[:])
}
