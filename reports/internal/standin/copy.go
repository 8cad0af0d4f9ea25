package standin

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// Copy is a deep copy of v whose texts are replaced by the texts of the set, the fields
// "Classes" as names of classes. Numbers, and fields that are not exported, are shared
// with v.
func Copy[T any](s *Set, v T) T {
	return s.value(reflect.ValueOf(&v).Elem()).Interface().(T)
}

// value is a copy of one value.
func (s *Set) value(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		out := reflect.New(v.Type()).Elem()
		out.SetString(s.Text(v.String()))
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(s.value(v.Elem()))
		return out
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(s.value(v.Elem()))
		return out
	case reflect.Struct:
		return s.fields(v)
	case reflect.Slice, reflect.Array:
		return s.items(v)
	case reflect.Map:
		return s.pairs(v)
	}
	return v
}

// fields is a copy of a struct.
func (s *Set) fields(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if names, ok := v.Field(i).Interface().([]string); ok && f.Name == "Classes" {
			out.Field(i).Set(reflect.ValueOf(s.Names(names)))
			continue
		}
		out.Field(i).Set(s.value(v.Field(i)))
	}
	return out
}

// items is a copy of a slice or an array; numbers are not copied.
func (s *Set) items(v reflect.Value) reflect.Value {
	if v.Type().Elem().Kind() <= reflect.Complex128 || v.Kind() == reflect.Slice && v.IsNil() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	if v.Kind() == reflect.Slice {
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
	}
	for i := range v.Len() {
		out.Index(i).Set(s.value(v.Index(i)))
	}
	return out
}

// pairs is a copy of a map, made in the order of its keys so that texts are always
// numbered in the same way.
func (s *Set) pairs(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	out := reflect.MakeMapWithSize(v.Type(), len(keys))
	for _, k := range keys {
		out.SetMapIndex(s.value(k), s.value(v.MapIndex(k)))
	}
	return out
}
