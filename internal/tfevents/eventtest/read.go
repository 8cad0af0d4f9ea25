// Package eventtest reads TensorBoard event files for tests. It follows the definition of the format
// alone: it shares neither the checksum nor the decoding of protocol buffers with package tfevents.
package eventtest

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Event is one record of an event file.
type Event struct {
	// Wall is the time in seconds since 1970, Step the step.
	Wall float64
	Step int64
	// Version is the file's version, Start whether the record is the start of a session.
	Version string
	Start   bool
	// Values are the scalars by tag.
	Values map[string]float32
}

// Read reads a whole file. Anything it does not know is an error.
func Read(file []byte) ([]Event, error) {
	var out []Event
	for len(file) > 0 {
		data, rest, err := unframe(file)
		if err != nil {
			return out, fmt.Errorf("record %d: %w", len(out), err)
		}
		e, err := decode(data)
		if err != nil {
			return out, fmt.Errorf("record %d: %w", len(out), err)
		}
		out, file = append(out, e), rest
	}
	return out, nil
}

// unframe takes the first record off a file and compares both checksums.
func unframe(file []byte) (data, rest []byte, err error) {
	if len(file) < 12 {
		return nil, nil, fmt.Errorf("%d bytes where a length is due", len(file))
	}
	n := binary.LittleEndian.Uint64(file)
	if got, want := Masked(file[:8]), binary.LittleEndian.Uint32(file[8:]); got != want {
		return nil, nil, fmt.Errorf("checksum of the length %#x, want %#x", got, want)
	}
	if uint64(len(file)) < 16+n {
		return nil, nil, fmt.Errorf("a record of %d bytes is cut off", n)
	}
	data = file[12 : 12+n]
	if got, want := Masked(data), binary.LittleEndian.Uint32(file[12+n:]); got != want {
		return nil, nil, fmt.Errorf("checksum of the data %#x, want %#x", got, want)
	}
	return data, file[16+n:], nil
}

// Masked is the masked CRC-32C of data, bit by bit (polynomial 0x1EDC6F41, reflected).
func Masked(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b)
		for range 8 {
			low := crc & 1
			crc >>= 1
			if low == 1 {
				crc ^= 0x82f63b78
			}
		}
	}
	crc = ^crc
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// field is one field of a message: a number for the wire types 0, 1 and 5, bytes for 2.
type field struct {
	number int
	value  uint64
	bytes  []byte
}

// fields splits a message.
func fields(b []byte) (out []field, err error) {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, fmt.Errorf("no field at %x", b)
		}
		b = b[n:]
		f := field{number: int(key >> 3)}
		switch size := 0; key & 7 {
		case 0:
			f.value, size = binary.Uvarint(b)
			if size <= 0 {
				return nil, fmt.Errorf("no number at %x", b)
			}
			b = b[size:]
		case 1:
			f.value, b = binary.LittleEndian.Uint64(b), b[8:]
		case 2:
			n, size := binary.Uvarint(b)
			f.bytes, b = b[size:size+int(n)], b[size+int(n):]
		case 5:
			f.value, b = uint64(binary.LittleEndian.Uint32(b)), b[4:]
		default:
			return nil, fmt.Errorf("wire type %d", key&7)
		}
		out = append(out, f)
	}
	return out, nil
}

// decode reads an Event.
func decode(data []byte) (e Event, err error) {
	all, err := fields(data)
	if err != nil {
		return e, err
	}
	for _, f := range all {
		switch f.number {
		case 1:
			e.Wall = math.Float64frombits(f.value)
		case 2:
			e.Step = int64(f.value)
		case 3:
			e.Version = string(f.bytes)
		case 5:
			if e.Values, err = scalars(f.bytes); err != nil {
				return e, err
			}
		case 7:
			session, err := fields(f.bytes)
			if err != nil || len(session) != 1 || session[0].number != 1 || session[0].value != 1 {
				return e, fmt.Errorf("a session log %v: %w", session, err)
			}
			e.Start = true
		default:
			return e, fmt.Errorf("field %d of an event", f.number)
		}
	}
	return e, nil
}

// scalars reads a Summary.
func scalars(data []byte) (map[string]float32, error) {
	out := map[string]float32{}
	all, err := fields(data)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		value, err := fields(f.bytes)
		if err != nil || f.number != 1 || len(value) != 2 || value[0].number != 1 || value[1].number != 2 {
			return nil, fmt.Errorf("a value %v: %w", value, err)
		}
		tag := string(value[0].bytes)
		if _, twice := out[tag]; twice {
			return nil, fmt.Errorf("the tag %s occurs twice", tag)
		}
		out[tag] = math.Float32frombits(uint32(value[1].value))
	}
	return out, nil
}
