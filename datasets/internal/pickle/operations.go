package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"unicode/utf8"
)

// operations returns the needed instructions of protocols 0 to 5, by code, with the names of
// Python's pickletools.
func operations() map[byte]func(*machine) error {
	all := map[byte]func(*machine) error{
		0x80: (*machine).protocol, // PROTO
		0x95: func(m *machine) error { // FRAME
			_, err := m.take(8)
			return err
		},
		'(': func(m *machine) error { // MARK
			m.marks = append(m.marks, len(m.stack))
			if m.values++; m.values > maxValues {
				return fmt.Errorf("more than %d values", maxValues)
			}
			return nil
		},
		'N':  func(m *machine) error { return m.push(nil) },   // NONE
		0x88: func(m *machine) error { return m.push(true) },  // NEWTRUE
		0x89: func(m *machine) error { return m.push(false) }, // NEWFALSE
		'c':  (*machine).global,                               // GLOBAL
		0x93: (*machine).stackGlobal,                          // STACK_GLOBAL
		'R':  (*machine).reduce,                               // REDUCE
		'b':  (*machine).build,                                // BUILD
	}
	maps.Copy(all, scalarOperations())
	maps.Copy(all, containerOperations())
	maps.Copy(all, memoOperations())
	return all
}

func scalarOperations() map[byte]func(*machine) error {
	return map[byte]func(*machine) error{
		'J':  func(m *machine) error { return m.integer(4, true) },  // BININT
		'M':  func(m *machine) error { return m.integer(2, false) }, // BININT2
		'K':  func(m *machine) error { return m.integer(1, false) }, // BININT1
		'I':  (*machine).intLine,                                    // INT
		'L':  (*machine).intLine,                                    // LONG
		0x8a: (*machine).long1,                                      // LONG1
		'S':  (*machine).stringLine,                                 // STRING
		'V':  (*machine).unicodeLine,                                // UNICODE
		'T':  func(m *machine) error { return m.bytes(4) },          // BINSTRING
		'U':  func(m *machine) error { return m.bytes(1) },          // SHORT_BINSTRING
		'B':  func(m *machine) error { return m.bytes(4) },          // BINBYTES
		'C':  func(m *machine) error { return m.bytes(1) },          // SHORT_BINBYTES
		0x8e: func(m *machine) error { return m.bytes(8) },          // BINBYTES8
		0x96: func(m *machine) error { return m.bytes(8) },          // BYTEARRAY8
		'X':  func(m *machine) error { return m.unicode(4) },        // BINUNICODE
		0x8c: func(m *machine) error { return m.unicode(1) },        // SHORT_BINUNICODE
		0x8d: func(m *machine) error { return m.unicode(8) },        // BINUNICODE8
	}
}

// protocol checks the version number at the start of pickles of protocol 2 and above.
func (m *machine) protocol() error {
	b, err := m.take(1)
	if err == nil && b[0] > maxProtocol {
		err = fmt.Errorf("its protocol is %d; read are 0 to %d", b[0], maxProtocol)
	}
	return err
}

// number reads an unsigned integer of 1, 2, 4 or 8 bytes.
func (m *machine) number(size int) (uint64, error) {
	b, err := m.take(uint64(size))
	if err != nil {
		return 0, err
	}
	var all [8]byte
	copy(all[:], b)
	return binary.LittleEndian.Uint64(all[:]), nil
}

func (m *machine) integer(size int, signed bool) error {
	u, err := m.number(size)
	if err != nil {
		return err
	}
	if signed {
		return m.push(int64(int32(uint32(u))))
	}
	return m.push(int64(u))
}

// long1 reads an integer of any length; lengths over eight bytes are an error.
func (m *machine) long1() error {
	n, err := m.number(1)
	if err != nil {
		return err
	}
	b, err := m.take(n)
	if err != nil {
		return err
	}
	if len(b) > 8 {
		return fmt.Errorf("an integer of %d bytes", len(b))
	}
	var u uint64
	for i, c := range b {
		u |= uint64(c) << (8 * i)
	}
	if len(b) > 0 && len(b) < 8 { // spread the sign
		shift := 64 - 8*len(b)
		return m.push(int64(u<<shift) >> shift)
	}
	return m.push(int64(u))
}

// bytes reads a byte string after its length, which is a number of size bytes.
func (m *machine) bytes(size int) error {
	n, err := m.number(size)
	if err != nil {
		return err
	}
	b, err := m.take(n)
	if err != nil {
		return err
	}
	return m.push(b)
}

// unicode reads a text in UTF-8 after its length.
func (m *machine) unicode(size int) error {
	n, err := m.number(size)
	if err != nil {
		return err
	}
	b, err := m.take(n)
	if err != nil {
		return err
	}
	if !utf8.Valid(b) {
		return errors.New("a text that is not UTF-8")
	}
	if err := m.allocate(len(b)); err != nil {
		return err
	}
	return m.push(string(b))
}

// global looks up a name given in two lines.
func (m *machine) global() error {
	module, err := m.line()
	if err != nil {
		return err
	}
	attribute, err := m.line()
	if err != nil {
		return err
	}
	v, err := lookUp(string(module), string(attribute))
	if err != nil {
		return err
	}
	return m.push(v)
}

// stackGlobal looks up a name on the stack.
func (m *machine) stackGlobal() error {
	attribute, err := m.pop()
	if err != nil {
		return err
	}
	module, err := m.pop()
	if err != nil {
		return err
	}
	a, ok := attribute.(string)
	b, ok2 := module.(string)
	if !ok || !ok2 {
		return errors.New("a name that is not a text")
	}
	v, err := lookUp(b, a)
	if err != nil {
		return err
	}
	return m.push(v)
}

// reduce calls a known name with a tuple of arguments.
func (m *machine) reduce() error {
	args, err := m.pop()
	if err != nil {
		return err
	}
	f, err := m.pop()
	if err != nil {
		return err
	}
	tuple, ok := args.(Tuple)
	if !ok {
		return fmt.Errorf("a call with %s in place of arguments", Kind(args))
	}
	v, err := m.call(f, tuple)
	if err != nil {
		return err
	}
	return m.push(v)
}

// build sets the state of the object below the last value to that value.
func (m *machine) build() error {
	state, err := m.pop()
	if err != nil {
		return err
	}
	object, err := m.top()
	if err != nil {
		return err
	}
	return build(object, state)
}

// memoOperations store values under numbers and recall them.
func memoOperations() map[byte]func(*machine) error {
	put := func(size int) func(*machine) error {
		return func(m *machine) error {
			i, err := m.number(size)
			if err != nil {
				return err
			}
			return m.remember(i)
		}
	}
	get := func(size int) func(*machine) error {
		return func(m *machine) error {
			i, err := m.number(size)
			if err != nil {
				return err
			}
			return m.recall(i)
		}
	}
	byLine := func(do func(*machine, uint64) error) func(*machine) error {
		return func(m *machine) error {
			i, err := m.lineNumber()
			if err == nil && (i < 0 || i > math.MaxInt32) {
				err = fmt.Errorf("the value number %d", i)
			}
			if err != nil {
				return err
			}
			return do(m, uint64(i))
		}
	}
	return map[byte]func(*machine) error{
		'p': byLine((*machine).remember), 'q': put(1), 'r': put(4), // PUT, BINPUT, LONG_BINPUT
		'g': byLine((*machine).recall), 'h': get(1), 'j': get(4), // GET, BINGET, LONG_BINGET
		0x94: func(m *machine) error { return m.remember(uint64(len(m.memo))) }, // MEMOIZE
	}
}

func (m *machine) remember(i uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	if len(m.memo) >= maxValues {
		return fmt.Errorf("more than %d remembered values", maxValues)
	}
	m.memo[i] = v
	return nil
}

func (m *machine) recall(i uint64) error {
	v, ok := m.memo[i]
	if !ok {
		return fmt.Errorf("the value number %d is recalled but was never stored", i)
	}
	return m.push(v)
}
