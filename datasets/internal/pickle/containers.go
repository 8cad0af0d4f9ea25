package pickle

import (
	"errors"
	"fmt"
)

// containerOperations make and fill tuples, lists and dictionaries.
func containerOperations() map[byte]func(*machine) error {
	tuple := func(n int) func(*machine) error {
		return func(m *machine) error { return m.tuple(n) }
	}
	return map[byte]func(*machine) error{
		')': tuple(0), 0x85: tuple(1), 0x86: tuple(2), 0x87: tuple(3), // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3
		't': func(m *machine) error { // TUPLE
			items, err := m.popMark()
			if err != nil {
				return err
			}
			return m.push(Tuple(items))
		},
		']': func(m *machine) error { return m.push(&List{}) }, // EMPTY_LIST
		'l': func(m *machine) error { // LIST
			items, err := m.popMark()
			if err != nil {
				return err
			}
			return m.push(&List{items})
		},
		'a': func(m *machine) error { // APPEND
			v, err := m.pop()
			if err != nil {
				return err
			}
			return m.extend([]any{v})
		},
		'e': func(m *machine) error { // APPENDS
			items, err := m.popMark()
			if err != nil {
				return err
			}
			return m.extend(items)
		},
		'}': func(m *machine) error { return m.push(&Dict{}) }, // EMPTY_DICT
		'd': func(m *machine) error { // DICT
			items, err := m.popMark()
			if err != nil {
				return err
			}
			d := &Dict{}
			if err := d.set(items); err != nil {
				return err
			}
			return m.push(d)
		},
		's': (*machine).setItem, // SETITEM
		'u': func(m *machine) error { // SETITEMS
			items, err := m.popMark()
			if err != nil {
				return err
			}
			return m.setItems(items)
		},
	}
}

// tuple makes a tuple of the last n values.
func (m *machine) tuple(n int) error {
	t := make(Tuple, n)
	for i := n - 1; i >= 0; i-- {
		var err error
		if t[i], err = m.pop(); err != nil {
			return err
		}
	}
	return m.push(t)
}

// extend adds items to the list on the stack.
func (m *machine) extend(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	l, ok := v.(*List)
	if !ok {
		return fmt.Errorf("an item for a list is added to %s", Kind(v))
	}
	l.Items = append(l.Items, items...)
	return nil
}

// setItem adds one key with its value to the dictionary on the stack.
func (m *machine) setItem() error {
	value, err := m.pop()
	if err != nil {
		return err
	}
	key, err := m.pop()
	if err != nil {
		return err
	}
	return m.setItems([]any{key, value})
}

func (m *machine) setItems(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	d, ok := v.(*Dict)
	if !ok {
		return fmt.Errorf("a key and value are added to %s", Kind(v))
	}
	return d.set(items)
}

// set adds keys, each followed by its value.
func (d *Dict) set(items []any) error {
	if len(items)%2 != 0 {
		return errors.New("a key without a value")
	}
	if d.Values == nil {
		d.Values = map[string]any{}
	}
	for i := 0; i < len(items); i += 2 {
		key, ok := Text(items[i])
		if !ok {
			return fmt.Errorf("a key that is %s", Kind(items[i]))
		}
		if _, twice := d.Values[key]; twice {
			return fmt.Errorf("the key %.40q comes twice", key)
		}
		d.Values[key] = items[i+1]
	}
	return nil
}
