package vis

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// MarshalJSON writes an object whose members are the scores in their order.
func (s Scores) MarshalJSON() ([]byte, error) {
	return object(len(s), func(i int) (string, any) { return s[i].Name, s[i] })
}

// UnmarshalJSON reads such an object.
func (s *Scores) UnmarshalJSON(data []byte) error {
	*s = nil
	return members(data, func(name string, value json.RawMessage) error {
		one := Score{Name: name}
		if err := json.Unmarshal(value, &one); err != nil {
			return fmt.Errorf("score %.40q: %w", name, err)
		}
		*s = append(*s, one)
		return nil
	})
}

// MarshalJSON writes an object whose members are the settings in their order.
func (s Settings) MarshalJSON() ([]byte, error) {
	return object(len(s), func(i int) (string, any) { return s[i].Name, s[i].Value })
}

// UnmarshalJSON reads such an object.
func (s *Settings) UnmarshalJSON(data []byte) error {
	*s = nil
	return members(data, func(name string, value json.RawMessage) error {
		one := Setting{Name: name}
		if err := json.Unmarshal(value, &one.Value); err != nil {
			return fmt.Errorf("setting %.40q: %w", name, err)
		}
		*s = append(*s, one)
		return nil
	})
}

// object writes a JSON object of n members in their order.
func object(n int, at func(i int) (name string, value any)) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range n {
		name, value := at(i)
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// members gives the members of a JSON object in the order in which they stand.
func members(data []byte, give func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	start, err := d.Token()
	if err != nil {
		return err
	}
	if start == nil { // null
		return nil
	}
	if start != json.Delim('{') {
		return fmt.Errorf("%v stands where an object is expected", start)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := give(name.(string), value); err != nil { // a member's name is a string
			return err
		}
	}
	return nil
}
