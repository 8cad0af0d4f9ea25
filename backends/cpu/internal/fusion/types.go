package fusion

import "fmt"

// Type is the storage type of an operand's elements.
type Type int

// The storage types. Bool is one byte, 0 or 1; a value stored as Bool becomes 1 unless it is 0.
// A value stored as Uint8 or Int8 is truncated toward zero; values outside the type's range
// give the result of Go's conversion on the machine. BFloat16 and Float16 are rounded to
// nearest, ties to even.
const (
	Float32 Type = iota
	Bool
	Uint8
	Int8
	BFloat16
	Float16
	numTypes
)

var typeNames = [numTypes]string{"float32", "bool", "uint8", "int8", "bfloat16", "float16"}

var typeSizes = [numTypes]int{4, 1, 1, 1, 2, 2}

// String returns the type's name.
func (t Type) String() string {
	if !t.valid() {
		return fmt.Sprintf("Type(%d)", int(t))
	}
	return typeNames[t]
}

// Size returns the size of an element in bytes.
func (t Type) Size() int { return typeSizes[t] }

func (t Type) valid() bool { return t >= 0 && t < numTypes }
