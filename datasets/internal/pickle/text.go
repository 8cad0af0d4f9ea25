package pickle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// line reads up to the end of a line of any length: protocol 0 writes arrays as lines.
func (m *machine) line() ([]byte, error) {
	n := bytes.IndexByte(m.in[m.at:], '\n')
	if n < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	b := m.in[m.at:][:n:n]
	m.at += n + 1
	return b, nil
}

// lineNumber reads a decimal integer; Python 2's long integers end in L.
func (m *machine) lineNumber() (int64, error) {
	b, err := m.line()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(bytes.TrimSuffix(b, []byte("L"))), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.30q in place of an integer", b)
	}
	return n, nil
}

// intLine reads an integer, or the bools 00 and 01.
func (m *machine) intLine() error {
	if rest := m.in[m.at:]; bytes.HasPrefix(rest, []byte("00\n")) || bytes.HasPrefix(rest, []byte("01\n")) {
		m.at += 3
		return m.push(rest[1] == '1')
	}
	n, err := m.lineNumber()
	if err != nil {
		return err
	}
	return m.push(n)
}

// stringLine reads a string of bytes in quotation marks, with Python's escapes.
func (m *machine) stringLine() error {
	b, err := m.line()
	if err != nil {
		return err
	}
	if len(b) < 2 || b[0] != '\'' && b[0] != '"' || b[len(b)-1] != b[0] {
		return errors.New("a string without its quotation marks")
	}
	b = b[1 : len(b)-1]
	if err := m.allocate(len(b)); err != nil {
		return err
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		if b[0] != '\\' {
			out, b = append(out, b[0]), b[1:]
			continue
		}
		c, n, err := unescape(b)
		if err != nil {
			return err
		}
		out, b = append(out, c), b[n:]
	}
	return m.push(out)
}

// unescape reads the escape that b starts with, in n bytes.
func unescape(b []byte) (c byte, n int, err error) {
	if len(b) < 2 {
		return 0, 0, errors.New(`a string that ends in \`)
	}
	switch b[1] {
	case '\\', '\'', '"':
		return b[1], 2, nil
	case 'n':
		return '\n', 2, nil
	case 'r':
		return '\r', 2, nil
	case 't':
		return '\t', 2, nil
	case 'x':
		if len(b) >= 4 {
			if v, err := strconv.ParseUint(string(b[2:4]), 16, 8); err == nil {
				return byte(v), 4, nil
			}
		}
	}
	return 0, 0, fmt.Errorf("the escape %.4q in a string", b)
}

// unicodeLine reads a text of the characters 0 … 255 and of the escapes \uXXXX and
// \UXXXXXXXX ("raw-unicode-escape").
func (m *machine) unicodeLine() error {
	b, err := m.line()
	if err != nil {
		return err
	}
	if err := m.allocate(2 * len(b)); err != nil {
		return err
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		digits := 0
		if len(b) > 1 && b[0] == '\\' && b[1] == 'u' {
			digits = 4
		} else if len(b) > 1 && b[0] == '\\' && b[1] == 'U' {
			digits = 8
		}
		if digits == 0 {
			out, b = utf8.AppendRune(out, rune(b[0])), b[1:]
			continue
		}
		if len(b) < 2+digits {
			return fmt.Errorf("the escape %.10q in a text", b)
		}
		v, err := strconv.ParseUint(string(b[2:2+digits]), 16, 32)
		if err != nil || v > utf8.MaxRune {
			return fmt.Errorf("the escape %.10q in a text", b)
		}
		out, b = utf8.AppendRune(out, rune(v)), b[2+digits:]
	}
	return m.push(string(out))
}
