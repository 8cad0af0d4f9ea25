package pickle

import (
	"fmt"
	"unicode/utf8"
)

// Tuple is a tuple.
type Tuple []any

// List is a list.
type List struct {
	// Items are the values in order.
	Items []any
}

// Dict is a dictionary whose keys are texts; keys that are bytes are converted to texts.
type Dict struct {
	// Values are the values by key.
	Values map[string]any
}

// Text returns the text of a string, or of bytes in UTF-8 or else Latin-1.
func Text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		if utf8.Valid(v) {
			return string(v), true
		}
		runes := make([]rune, len(v))
		for i, b := range v {
			runes[i] = rune(b)
		}
		return string(runes), true
	}
	return "", false
}

// Texts returns the texts of a list or tuple.
func Texts(v any) ([]string, error) {
	items, ok := itemsOf(v)
	if !ok {
		return nil, fmt.Errorf("it is %s, not a list of texts", Kind(v))
	}
	out := make([]string, len(items))
	for i, item := range items {
		if out[i], ok = Text(item); !ok {
			return nil, fmt.Errorf("item %d is %s, not a text", i, Kind(item))
		}
	}
	return out, nil
}

// Ints returns the integers of a list, a tuple or an array of one dimension.
func Ints(v any) ([]int64, error) {
	if a, ok := v.(*Array); ok {
		return a.ints()
	}
	items, ok := itemsOf(v)
	if !ok {
		return nil, fmt.Errorf("it is %s, not a list of integers", Kind(v))
	}
	out := make([]int64, len(items))
	for i, item := range items {
		if out[i], ok = item.(int64); !ok {
			return nil, fmt.Errorf("item %d is %s, not an integer", i, Kind(item))
		}
	}
	return out, nil
}

func itemsOf(v any) ([]any, bool) {
	switch v := v.(type) {
	case *List:
		return v.Items, true
	case Tuple:
		return v, true
	}
	return nil, false
}

// Kind returns the type of a value in words for a Python user.
func Kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64:
		return "an integer"
	case string, []byte:
		return "a text"
	case Tuple:
		return "a tuple"
	case *List:
		return "a list"
	case *Dict:
		return "a dictionary"
	case *Array:
		return fmt.Sprintf("an array of %s with the shape %v", v.dtype, v.Shape)
	case name:
		return "the name " + string(v)
	case *dtype:
		return "a NumPy type"
	}
	return "something unknown" // never: there are no other types
}
