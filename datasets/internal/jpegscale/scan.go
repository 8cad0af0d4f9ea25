package jpegscale

// scanHeader describes a scan: its components, the range of coefficients, and their bits
// (successive approximation, high to low).
type scanHeader struct {
	comps     []*component
	from, to  int
	high, low uint8
	storage   [3]*component
}

// scan reads SOS and the entropy-coded data behind it; it returns the position of
// the marker that follows.
func (d *Decoder) scan(body []byte, pos int) (int, error) {
	var s scanHeader
	if err := d.parseScan(&s, body); err != nil {
		return 0, err
	}
	if d.progressive && s.from > 0 && s.comps[0].size == 1 {
		return endOfScan(d.data, pos), nil // only the mean of each block is needed
	}
	d.bits.start(d.data, pos)
	decode, err := d.blockDecoder(&s)
	if err != nil {
		return 0, err
	}
	if err := d.walk(&s, decode); err != nil {
		return 0, err
	}
	return d.bits.pos, nil
}

// endOfScan returns the position of the first marker at or after pos that is not a restart.
func endOfScan(data []byte, pos int) int {
	for {
		marker, after, err := next(data, pos)
		if err != nil {
			return len(data)
		}
		if marker < rst0 || marker > rst7 {
			return after - 2
		}
		pos = after
	}
}

func (d *Decoder) parseScan(s *scanHeader, body []byte) error {
	if d.n == 0 {
		return damaged("a scan comes before the frame header")
	}
	if len(body) < 1 || body[0] < 1 || int(body[0]) > d.n || len(body) != 4+2*int(body[0]) {
		return damaged("a scan header has %d bytes", len(body))
	}
	s.comps = s.storage[:0]
	for i := range int(body[0]) {
		id, tables := body[1+2*i], body[2+2*i]
		c := d.component(id)
		if c == nil {
			return damaged("a scan has component %d, which the frame does not", id)
		}
		for _, other := range s.comps {
			if other == c {
				return damaged("a scan has component %d twice", id)
			}
		}
		if c.dcTable, c.acTable = tables>>4, tables&15; c.dcTable > 3 || c.acTable > 3 {
			return damaged("a scan uses Huffman tables %d and %d", c.dcTable, c.acTable)
		}
		if !d.hasQuant[c.tq] {
			return damaged("quantisation table %d is missing", c.tq)
		}
		if !c.begun {
			c.quant, c.begun = d.quant[c.tq], true
		}
		s.comps = append(s.comps, c)
	}
	tail := body[len(body)-3:]
	s.from, s.to, s.high, s.low = int(tail[0]), int(tail[1]), tail[2]>>4, tail[2]&15
	return d.checkScan(s)
}

func (d *Decoder) component(id uint8) *component {
	for i := range d.n {
		if d.comps[i].id == id {
			return &d.comps[i]
		}
	}
	return nil
}

// checkScan checks the parameters of a progressive scan; they have no meaning in other files.
func (d *Decoder) checkScan(s *scanHeader) error {
	blocks := 0
	for _, c := range s.comps {
		blocks += c.h * c.v
	}
	if len(s.comps) > 1 && blocks > 10 {
		return damaged("a scan has %d blocks per unit", blocks)
	}
	if !d.progressive {
		s.from, s.to, s.high, s.low = 0, 63, 0, 0
		return nil
	}
	if s.from > s.to || s.to > 63 || s.from == 0 && s.to > 0 || s.from > 0 && len(s.comps) > 1 ||
		s.low > 13 || s.high > 0 && s.high != s.low+1 {
		return damaged("a scan has coefficients %d to %d, bits %d to %d", s.from, s.to, s.high, s.low)
	}
	return nil
}

// blockDecoder checks that the needed tables exist, and returns the function that reads one
// block of a scan.
func (d *Decoder) blockDecoder(s *scanHeader) (func(*component, int, int) error, error) {
	needDC := s.from == 0 && s.high == 0
	needAC := s.to > 0
	for _, c := range s.comps {
		if needDC && !d.fresh[0][c.dcTable] || needAC && !d.fresh[1][c.acTable] {
			return nil, damaged("a Huffman table is missing")
		}
		if !d.progressive {
			d.tables[1][c.acTable].fillSkip()
		}
	}
	switch {
	case !d.progressive:
		return d.baseline, nil
	case s.from == 0 && s.high == 0:
		return func(c *component, bx, by int) error { return d.dcFirst(c, bx, by, s.low) }, nil
	case s.from == 0:
		return func(c *component, bx, by int) error { return d.dcRefine(c, bx, by, s.low) }, nil
	case s.high == 0:
		return func(c *component, bx, by int) error { return d.acFirst(c, bx, by, s) }, nil
	}
	return func(c *component, bx, by int) error { return d.acRefine(c, bx, by, s) }, nil
}

// walk calls decode for each block of a scan: in MCUs if it has several components, row by row
// if it has one.
func (d *Decoder) walk(s *scanHeader, decode func(c *component, bx, by int) error) error {
	across, down := d.mcusX, d.mcusY
	single := len(s.comps) == 1
	if single {
		across, down = s.comps[0].wide, s.comps[0].high
	}
	d.restart(s)
	for mcu := range across * down {
		if d.interval > 0 && mcu > 0 && mcu%d.interval == 0 {
			if err := d.nextInterval(s, mcu/d.interval-1); err != nil {
				return err
			}
		}
		x, y := mcu%across, mcu/across
		if single {
			if err := decode(s.comps[0], x, y); err != nil {
				return d.blame(err)
			}
			continue
		}
		for _, c := range s.comps {
			for v := range c.v {
				for h := range c.h {
					if err := decode(c, x*c.h+h, y*c.v+v); err != nil {
						return d.blame(err)
					}
				}
			}
		}
		if d.bits.n < d.bits.faked {
			return d.bits.check()
		}
	}
	return d.bits.check()
}

// blame returns "truncated" if a code is wrong because the file ended.
func (d *Decoder) blame(err error) error {
	if short := d.bits.check(); short != nil {
		return short
	}
	return err
}

func (d *Decoder) restart(s *scanHeader) {
	for _, c := range s.comps {
		c.dc = 0
	}
	d.eobRun = 0
}

// nextInterval skips the restart marker with number n modulo 8.
func (d *Decoder) nextInterval(s *scanHeader, n int) error {
	if err := d.bits.check(); err != nil {
		return err
	}
	marker, after, err := next(d.data, d.bits.pos)
	if err != nil {
		return err
	}
	if want := byte(rst0 + n%8); marker != want {
		return damaged("marker %#x was found where restart %#x was expected", marker, want)
	}
	d.bits.start(d.data, after)
	d.restart(s)
	return nil
}
