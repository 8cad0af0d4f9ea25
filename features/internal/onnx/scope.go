package onnx

// scope holds values by name; a graph in an attribute sees what is around it.
type scope struct {
	names  map[string]value
	around *scope
}

// of is the value of that name.
func (s *scope) of(name string) (value, bool) {
	for ; s != nil; s = s.around {
		if v, ok := s.names[name]; ok {
			return v, true
		}
	}
	return value{}, false
}

// within is a scope with weights inside another.
func within(around *scope, weights map[string]*Tensor) *scope {
	s := &scope{names: make(map[string]value, len(weights)), around: around}
	for name, w := range weights {
		s.names[name] = value{weight: w}
	}
	return s
}
