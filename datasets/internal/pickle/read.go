package pickle

import (
	"errors"
	"fmt"
	"io"
)

// Limits on the values of a pickle; CIFAR-100's training file makes 150,000 values.
const (
	maxValues   = 1 << 22
	maxProtocol = 5
)

// Read reads one pickle, which may end before data.
func Read(data []byte) (any, error) {
	m := &machine{operations: operations(), in: data, memo: map[uint64]any{}}
	for {
		at := m.at
		done, err := m.step()
		if err != nil {
			return nil, fmt.Errorf("at byte %d of the pickle: %w", at, err)
		}
		if done {
			break
		}
	}
	if len(m.stack) != 1 || len(m.marks) != 0 {
		return nil, fmt.Errorf("at byte %d of the pickle: it ends with %d values where one is expected", m.at, len(m.stack))
	}
	return m.stack[0], nil
}

// machine is the stack machine that runs a pickle.
type machine struct {
	operations map[byte]func(*machine) error
	in         []byte
	at         int
	stack      []any
	marks      []int // lengths of the stack at the marks
	memo       map[uint64]any
	values     int // made so far
	allocated  int // bytes decoded so far
}

// step performs one instruction; done reports that it was the last.
func (m *machine) step() (done bool, err error) {
	b, err := m.take(1)
	if err != nil {
		return false, err
	}
	code := b[0]
	if code == '.' {
		return true, nil
	}
	do := m.operations[code]
	if do == nil {
		return false, fmt.Errorf("the instruction %q (%#02x), which pickles of integers, texts and NumPy arrays do not have", code, code)
	}
	return false, do(m)
}

// take returns the next n bytes of the input.
func (m *machine) take(n uint64) ([]byte, error) {
	if n > uint64(len(m.in)-m.at) {
		return nil, io.ErrUnexpectedEOF
	}
	b := m.in[m.at:][:n:n]
	m.at += int(n)
	return b, nil
}

// push puts a new value on the stack.
func (m *machine) push(v any) error {
	if m.values++; m.values > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	m.stack = append(m.stack, v)
	return nil
}

// allocate counts bytes that are decoded into separate memory: at most four per byte of the
// input.
func (m *machine) allocate(n int) error {
	if m.allocated += n; m.allocated > 4*len(m.in) {
		return errors.New("its texts are decoded again and again")
	}
	return nil
}

// pop removes the last value from the stack, but none below the last mark.
func (m *machine) pop() (any, error) {
	low := 0
	if n := len(m.marks); n > 0 {
		low = m.marks[n-1]
	}
	n := len(m.stack) - 1
	if n < low {
		return nil, errors.New("a value is missing")
	}
	v := m.stack[n]
	m.stack = m.stack[:n]
	return v, nil
}

// top returns the last value of the stack without removing it.
func (m *machine) top() (any, error) {
	v, err := m.pop()
	if err == nil {
		m.stack = append(m.stack, v)
	}
	return v, err
}

// popMark removes all values since the last mark; the slice belongs to the caller.
func (m *machine) popMark() ([]any, error) {
	n := len(m.marks) - 1
	if n < 0 {
		return nil, errors.New("a mark is missing")
	}
	low := m.marks[n]
	m.marks = m.marks[:n]
	if m.values += len(m.stack) - low; m.values > maxValues {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	items := append([]any{}, m.stack[low:]...)
	m.stack = m.stack[:low]
	return items, nil
}
