package npy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseHeader reads the header text, a Python dictionary with exactly the keys
// 'descr', 'fortran_order' and 'shape', in any order.
func parseHeader(text string) (Header, error) {
	p := &dictParser{rest: text}
	if err := p.dict(); err != nil {
		return Header{}, fmt.Errorf("its header is damaged: %w", err)
	}
	if p.structured {
		return Header{}, errors.New("it is a structured array (several fields); save one numeric field at a time")
	}
	d, err := parseDType(p.descr)
	if err != nil {
		return Header{}, err
	}
	if err := checkShape(p.shape, d.Size()); err != nil {
		return Header{}, err
	}
	if p.fortran && !orderFree(p.shape) {
		return Header{}, errors.New("it is in Fortran (column) order; save it again with numpy.save(file, numpy.ascontiguousarray(a))")
	}
	return Header{DType: d, Shape: p.shape}, nil
}

// orderFree reports whether C and Fortran order are the same for this shape.
func orderFree(shape []int) bool {
	long := 0
	for _, d := range shape {
		if d == 0 {
			return true
		}
		if d > 1 {
			long++
		}
	}
	return long <= 1
}

// dictParser is a strict reader of the dictionary with three keys; rest is the remaining text.
type dictParser struct {
	rest       string
	descr      string
	structured bool
	fortran    bool
	shape      []int
}

func (p *dictParser) dict() error {
	seen := map[string]bool{}
	if err := p.expect('{'); err != nil {
		return err
	}
	for p.peek() != '}' {
		key, err := p.quoted()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("the key %q comes twice", key)
		}
		seen[key] = true
		if err := p.expect(':'); err != nil {
			return err
		}
		if err := p.value(key); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if p.peek() != ',' {
			break
		}
		p.rest = p.rest[1:]
	}
	if err := p.expect('}'); err != nil {
		return err
	}
	if strings.TrimSpace(p.rest) != "" {
		return errors.New("there is text after the dictionary")
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return fmt.Errorf("the key %q is missing", key)
		}
	}
	return nil
}

func (p *dictParser) value(key string) (err error) {
	switch key {
	case "descr":
		if p.peek() == '[' {
			p.structured = true
			return p.skipList()
		}
		p.descr, err = p.quoted()
		return err
	case "fortran_order":
		p.fortran, err = p.boolean()
		return err
	case "shape":
		p.shape, err = p.tuple()
		return err
	}
	return errors.New("it is not known")
}

// peek returns the next byte that is not white space, 0 at the end.
func (p *dictParser) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *dictParser) expect(c byte) error {
	if p.peek() != c {
		return fmt.Errorf("expected %q before %q", c, clip(p.rest))
	}
	p.rest = p.rest[1:]
	return nil
}

// clip shortens text for a message.
func clip(s string) string {
	if len(s) > 20 {
		return s[:20] + "…"
	}
	return s
}

// quoted reads a string in single or double quotes; escapes do not occur in the
// keys and type codes that are supported.
func (p *dictParser) quoted() (string, error) {
	q := p.peek()
	if q != '\'' && q != '"' {
		return "", fmt.Errorf("expected a quoted string before %q", clip(p.rest))
	}
	s, rest, ok := strings.Cut(p.rest[1:], string(q))
	if !ok {
		return "", errors.New("a quoted string has no end")
	}
	p.rest = rest
	return s, nil
}

func (p *dictParser) boolean() (bool, error) {
	p.peek()
	for _, v := range []bool{true, false} {
		word := map[bool]string{true: "True", false: "False"}[v]
		if rest, ok := strings.CutPrefix(p.rest, word); ok {
			p.rest = rest
			return v, nil
		}
	}
	return false, fmt.Errorf("expected True or False before %q", clip(p.rest))
}

// tuple reads (), (3,) or (3, 4); Python 2 wrote long integers as 3L.
func (p *dictParser) tuple() ([]int, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	shape := []int{}
	for p.peek() != ')' {
		d, err := p.integer()
		if err != nil {
			return nil, err
		}
		if shape = append(shape, d); len(shape) > maxDims {
			return nil, fmt.Errorf("more than %d dimensions", maxDims)
		}
		if p.peek() != ',' {
			break
		}
		p.rest = p.rest[1:]
	}
	return shape, p.expect(')')
}

func (p *dictParser) integer() (int, error) {
	n := 0
	for n < len(p.rest) && (p.rest[n] >= '0' && p.rest[n] <= '9' || n == 0 && p.rest[n] == '-') {
		n++
	}
	d, err := strconv.Atoi(p.rest[:n])
	if err != nil {
		return 0, fmt.Errorf("expected an integer before %q", clip(p.rest))
	}
	p.rest = strings.TrimPrefix(p.rest[n:], "L")
	return d, nil
}

// skipList skips a list of fields. It only matches brackets, because a structured array is
// refused in any case.
func (p *dictParser) skipList() error {
	depth := 0
	for i := range len(p.rest) {
		switch p.rest[i] {
		case '[', '(':
			depth++
		case ']', ')':
			if depth--; depth == 0 {
				p.rest = p.rest[i+1:]
				return nil
			}
		}
	}
	return errors.New("a list has no end")
}
