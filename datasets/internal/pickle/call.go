package pickle

import (
	"errors"
	"fmt"
)

// name is a Python name that a pickle looks up.
type name string

// The names that NumPy arrays need, with their effect here.
const (
	nameReconstruct name = "numpy.core.multiarray._reconstruct" // an empty array, to be filled by its state
	nameFromBuffer  name = "numpy.core.numeric._frombuffer"     // an array from its bytes, protocol 5
	nameScalar      name = "numpy.core.multiarray.scalar"       // one integer
	nameArray       name = "numpy.ndarray"
	nameDType       name = "numpy.dtype"
	nameEncode      name = "_codecs.encode" // bytes, as Python 3 writes them for Python 2
)

// names are the known names, including NumPy 2's names for the same functions.
var names = map[string]name{
	string(nameReconstruct): nameReconstruct, "numpy._core.multiarray._reconstruct": nameReconstruct,
	string(nameFromBuffer): nameFromBuffer, "numpy._core.numeric._frombuffer": nameFromBuffer,
	string(nameScalar): nameScalar, "numpy._core.multiarray.scalar": nameScalar,
	string(nameArray): nameArray, string(nameDType): nameDType, string(nameEncode): nameEncode,
}

// lookUp returns the value of a pickle's name.
func lookUp(module, attribute string) (any, error) {
	n, ok := names[module+"."+attribute]
	if !ok {
		return nil, fmt.Errorf("it names %.60q of Python, which no file of integers and texts needs; nothing was run, and Python should not load this file unless you trust it",
			module+"."+attribute)
	}
	return n, nil
}

// call returns the result of a known name for its arguments.
func (m *machine) call(f any, args Tuple) (any, error) {
	n, _ := f.(name)
	switch {
	case n == nameReconstruct && len(args) == 3 && args[0] == any(nameArray):
		return &Array{}, nil
	case n == nameDType && len(args) >= 1:
		code, _ := Text(args[0])
		return parseDType(code)
	case n == nameFromBuffer && len(args) == 4:
		return newArray(args)
	case n == nameScalar && len(args) == 2:
		d, ok := args[0].(*dtype)
		data, ok2 := args[1].([]byte)
		if !ok || !ok2 {
			return nil, errors.New("a NumPy integer without its type or bytes")
		}
		return d.value(data)
	case n == nameEncode && len(args) == 2:
		return m.encode(args)
	}
	return nil, fmt.Errorf("%s is called with %d arguments of other kinds than are known", Kind(f), len(args))
}

// newArray makes an array of (bytes, type, shape, order).
func newArray(args Tuple) (*Array, error) {
	data, ok := args[0].([]byte)
	d, ok2 := args[1].(*dtype)
	shape, ok3 := args[2].(Tuple)
	order, _ := Text(args[3])
	if !ok || !ok2 || !ok3 || order != "C" && order != "F" {
		return nil, errors.New("an array without its bytes, type, shape or order")
	}
	a := &Array{}
	return a, a.fill(shape, d, order == "F", data)
}

// encode converts a text of the characters 0 … 255 to as many bytes.
func (m *machine) encode(args Tuple) ([]byte, error) {
	text, ok := args[0].(string)
	if codec, _ := Text(args[1]); !ok || codec != "latin1" {
		return nil, errors.New("a text that is to be encoded in another way than latin1")
	}
	if err := m.allocate(len(text)); err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return nil, fmt.Errorf("the character %q in bytes", r)
		}
		out = append(out, byte(r))
	}
	return out, nil
}

// build sets the state of an object, which is an array or a type.
func build(object, state any) error {
	s, _ := state.(Tuple)
	switch object := object.(type) {
	case *dtype: // (version, byte order, …)
		if len(s) >= 2 {
			order, _ := Text(s[1])
			return object.setOrder(order)
		}
	case *Array: // (version, shape, type, Fortran order, bytes)
		if len(s) == 4 { // as written by early versions
			s = append(Tuple{int64(0)}, s...)
		}
		if len(s) != 5 || object.data != nil {
			break
		}
		shape, ok := s[1].(Tuple)
		d, ok2 := s[2].(*dtype)
		data, ok3 := s[4].([]byte)
		fortran, ok4 := truth(s[3])
		if ok && ok2 && ok3 && ok4 {
			return object.fill(shape, d, fortran, data)
		}
	}
	return fmt.Errorf("the state of %s is not one that is known", Kind(object))
}

// truth converts a bool, or an integer, to a bool.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case int64:
		return v != 0, true
	}
	return false, false
}
