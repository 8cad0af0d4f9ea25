package suite

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"repbench/internal/nearest"
)

// maxUnknown is how many unknown keys are named: a file that is no suite can have any number of them.
const maxUnknown = 20

// unknown names the keys of a file that mean nothing, each with its line and the nearest name.
func (l lines) unknown(tree map[string]any) error {
	k := keyCheck{lines: l}
	k.table(tree, reflect.TypeFor[tables](), "", 0)
	for i, t := range tablesIn(tree["protocol"]) {
		k.protocol(t, i)
	}
	return k.err()
}

// keyCheck collects the unknown keys of a file.
type keyCheck struct {
	lines
	found []unknownKey
}

// unknownKey is a key that means nothing, and the line that it stands on; 0: it was not found.
type unknownKey struct {
	line int
	text string
}

// err names what was found in the order of its lines; nil: nothing was.
func (k *keyCheck) err() error {
	slices.SortStableFunc(k.found, func(a, b unknownKey) int { return a.line - b.line })
	var all []error
	for _, u := range k.found {
		text := u.text
		if u.line > 0 {
			text = fmt.Sprintf("line %d: %s", u.line, text)
		}
		all = append(all, errors.New(text))
	}
	return errors.Join(all...)
}

// protocol checks the n-th table [[protocol]]: its kind decides which keys there are.
func (k *keyCheck) protocol(t map[string]any, n int) {
	name, _ := t["name"].(string)
	if kind, ok := t["kind"].(string); ok {
		name = kind
	}
	kind, ok := kindNamed(name)
	if !ok {
		return // said when it is decoded
	}
	known := append(keysOf(reflect.TypeOf(kind.new()).Elem()), keysOf(reflect.TypeFor[named]())...)
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(known, key) {
			k.add(key, "protocol", n, known, " of a protocol of the kind "+kind.name)
		}
	}
}

// table compares the keys of a table, the n-th of its name, with the fields of a struct, and the tables in it
// with the fields' structs.
func (k *keyCheck) table(t map[string]any, typ reflect.Type, table string, n int) {
	known := keysOf(typ)
	of := ""
	if table != "" {
		of = " of [" + table + "]"
	}
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(known, key) {
			k.add(key, table, n, known, of)
			continue
		}
		k.value(t[key], fieldOf(typ, key), strings.TrimPrefix(table+"."+key, "."), n)
	}
}

// value checks the tables in the value of a key.
func (k *keyCheck) value(value any, typ reflect.Type, name string, n int) {
	one, isTable := value.(map[string]any)
	switch {
	case typ.Kind() == reflect.Struct && isTable && !decodesItself(typ):
		k.table(one, typ, name, n)
	case typ.Kind() == reflect.Map && isTable && typ.Elem().Kind() == reflect.Struct:
		for _, key := range slices.Sorted(maps.Keys(one)) {
			if table, ok := one[key].(map[string]any); ok {
				k.table(table, typ.Elem(), name+"."+key, 0)
			}
		}
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct && !decodesItself(typ.Elem()):
		for i, t := range tablesIn(value) {
			k.table(t, typ.Elem(), name, i)
		}
	}
}

// tablesIn are the tables of an array: [[NAME]] tables, or tables in the array of one key.
func tablesIn(value any) []map[string]any {
	tables, _ := value.([]map[string]any)
	list, _ := value.([]any)
	for _, e := range list {
		if t, ok := e.(map[string]any); ok {
			tables = append(tables, t)
		}
	}
	return tables
}

// add notes an unknown key of the n-th table of a name; of says in words which table that is.
func (k *keyCheck) add(key, table string, n int, known []string, of string) {
	if len(k.found) == maxUnknown {
		return
	}
	hint := "there are " + strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), ", ")
	if near := nearest.Closest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	k.found = append(k.found, unknownKey{k.find(table, n, key), fmt.Sprintf("there is no key %q%s; %s", key, of, hint)})
}

// decodesItself reports whether the keys of a type are not its fields.
func decodesItself(t reflect.Type) bool {
	return t == reflect.TypeFor[toml.Primitive]() || reflect.PointerTo(t).Implements(reflect.TypeFor[toml.Unmarshaler]())
}

// keysOf are the TOML names of a struct's fields and of the fields of embedded structs.
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
