package suite

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// unknown says which key of a file means nothing, on which line, and which name is nearest.
func (l lines) unknown(tree map[string]any) error {
	if err := l.keys(tree, reflect.TypeFor[tables](), "", 0); err != nil {
		return err
	}
	all, _ := tree["protocol"].([]map[string]any)
	for i, t := range all {
		if err := l.protocolKeys(t, i); err != nil {
			return err
		}
	}
	return nil
}

// protocolKeys is keys for the n-th table [[protocol]]: its kind decides which keys there are.
func (l lines) protocolKeys(t map[string]any, n int) error {
	name, _ := t["name"].(string)
	if kind, ok := t["kind"].(string); ok {
		name = kind
	}
	k, ok := kindNamed(name)
	if !ok {
		return nil // said when it is decoded
	}
	known := append(keysOf(reflect.TypeOf(k.new()).Elem()), keysOf(reflect.TypeFor[named]())...)
	for key := range t {
		if !slices.Contains(known, key) {
			return l.errUnknown(key, "protocol", n, known, fmt.Sprintf(" of a protocol of the kind %s", k.name))
		}
	}
	return nil
}

// keys compares the keys of a table, the n-th of its name, with the fields of a struct, and its tables
// with theirs.
func (l lines) keys(t map[string]any, typ reflect.Type, table string, n int) error {
	known := keysOf(typ)
	for _, key := range slices.Sorted(maps(t)) {
		if !slices.Contains(known, key) {
			of := ""
			if table != "" {
				of = " of [" + table + "]"
			}
			return l.errUnknown(key, table, n, known, of)
		}
		inner := fieldOf(typ, key)
		name := strings.TrimPrefix(table+"."+key, ".")
		switch v := t[key].(type) {
		case map[string]any:
			if inner.Kind() == reflect.Map {
				for _, one := range slices.Sorted(maps(v)) {
					if table, ok := v[one].(map[string]any); ok && inner.Elem().Kind() == reflect.Struct {
						if err := l.keys(table, inner.Elem(), name+"."+one, 0); err != nil {
							return err
						}
					}
				}
			}
			if inner.Kind() == reflect.Struct && !decodesItself(inner) {
				if err := l.keys(v, inner, name, n); err != nil {
					return err
				}
			}
		case []map[string]any:
			if inner.Kind() != reflect.Slice || inner.Elem().Kind() != reflect.Struct || decodesItself(inner.Elem()) {
				continue
			}
			for i, e := range v {
				if err := l.keys(e, inner.Elem(), name, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// maps are the keys of a table.
func maps(t map[string]any) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range t {
			if !yield(key) {
				return
			}
		}
	}
}

// decodesItself reports whether the keys of a type are not its fields.
func decodesItself(t reflect.Type) bool {
	return t == reflect.TypeFor[toml.Primitive]() || reflect.PointerTo(t).Implements(reflect.TypeFor[toml.Unmarshaler]())
}

// keysOf are the TOML names of a struct, with those of structs in it.
func keysOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, keysOf(f.Type)...)
		} else if name := f.Tag.Get("toml"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// fieldOf is the type of the field with a TOML name, without its pointer.
func fieldOf(t reflect.Type, key string) reflect.Type {
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && slices.Contains(keysOf(f.Type), key):
			return fieldOf(f.Type, key)
		case f.Tag.Get("toml") == key && f.Type.Kind() == reflect.Pointer:
			return f.Type.Elem()
		case f.Tag.Get("toml") == key:
			return f.Type
		}
	}
	return t
}

// errUnknown is the error about a key; of says which table it stands in.
func (l lines) errUnknown(key, table string, n int, known []string, of string) error {
	where := ""
	if line := l.find(table, n, key); line > 0 {
		where = fmt.Sprintf("line %d: ", line)
	}
	hint := "there are " + strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), ", ")
	if near := closest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("%sthere is no key %q%s; %s", where, key, of, hint)
}
