package onnx

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// Model is a parsed file.
type Model struct {
	// Producer says what made it, such as "pytorch 1.13.0".
	Producer string
	// Inputs are what the network is fed, Outputs what it gives, as declared.
	Inputs, Outputs []Value
	// Nodes are in the file's order, which is one of computation.
	Nodes []*Operation

	opset     int64
	weights   map[string]*Tensor
	functions map[string]*function
	files     []*input // the file, then its external data in the order of their names
	hash      digest
}

// Hash is the SHA-256 of the file followed by its external data files in the order of their names, in
// hexadecimal (of `cat model.onnx weights.bin`). It is computed once, which takes a second for 1.5 GB;
// it is an error if a file changed since it was opened.
func (m *Model) Hash() (string, error) { return m.hash.of(m.files) }

// Unchanged is an error if a file of the model changed since it was opened: weights are read when a
// network is compiled.
func (m *Model) Unchanged() error {
	for _, in := range m.files {
		if err := in.unchanged(); err != nil {
			return named(err, "%s", in.file.Name())
		}
	}
	return nil
}

// Value is a declared input or output.
type Value struct {
	// Name is the name in the graph.
	Name string
	// Type is the type of the elements.
	Type DataType
	// Dims are its dimensions, 0 where they are left open; nil where the file
	// does not say.
	Dims []int
}

// Operation is a node of the file: it applies an operator.
type Operation struct {
	// Name is the name of the node, Op the operator and Domain its set of operators.
	Name, Op, Domain string
	// Inputs and Outputs are names of values; "" is an optional one left out.
	Inputs, Outputs []string
	attributes      map[string]attribute
	opset           int64 // the operator set that it means
}

// attribute is a setting of a node; which field holds it depends on the operator.
type attribute struct {
	f      float32
	i      int64
	s      string
	t      *Tensor
	g      *subgraph
	floats []float32
	ints   []int64
	ref    string // the attribute of the function around it that is meant
	other  bool   // a sparse tensor or another kind that is not read
}

// parse reads a ModelProto in memory. Tensors share memory with b.
func parse(b []byte) (*Model, error) { return parseModel(message{bytes: b}) }

// parseModel reads a ModelProto.
func parseModel(of message) (*Model, error) {
	m := &Model{weights: map[string]*Tensor{}, functions: map[string]*function{}}
	var version, producer string
	var graph message
	graphs := 0
	err := of.fields(7, func(f field) error {
		switch f.id {
		case 2:
			return f.text(&producer)
		case 3:
			return f.text(&version)
		case 7:
			graph = f.message()
			graphs++
			return f.want(protowire.BytesType)
		case 8:
			return parseOpset(f, &m.opset)
		case 25:
			return m.parseFunction(f.bytes)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.Producer = producer
	if version != "" {
		m.Producer += " " + version
	}
	switch {
	case graphs != 1:
		return nil, bad("it holds %d graphs; an ONNX model has one", graphs)
	case m.opset == 0:
		return nil, bad("it does not say which operator set it uses")
	}
	if err := m.parseGraph(graph); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, m.inline()
}

// parseOpset reads an OperatorSetIdProto; sets of other domains do not matter.
func parseOpset(f field, opset *int64) error {
	var domain string
	var version int64
	err := fields(f.bytes, func(f field) error {
		switch f.id {
		case 1:
			return f.text(&domain)
		case 2:
			return f.int(&version)
		}
		return nil
	})
	if standard(domain) {
		*opset = version
	}
	return err
}

// standard says that a domain is the one of ONNX's own operators.
func standard(domain string) bool { return domain == "" || domain == "ai.onnx" }

// parseGraph reads the GraphProto of the model.
func (m *Model) parseGraph(of message) error {
	g, err := parseGraph(of, 0)
	m.Inputs, m.Outputs, m.Nodes, m.weights = g.inputs, g.outputs, g.nodes, g.weights
	return err
}

// check looks for what every model has, and drops from the inputs the weights,
// which files before IR version 4 list there too.
func (m *Model) check() error {
	if m.opset < minOpset || m.opset > maxOpset {
		return unsupported("it uses operator set %d; %d to %d are known: export it with one of these, in PyTorch by torch.onnx.export(..., opset_version=17)",
			m.opset, minOpset, maxOpset)
	}
	var fed []Value
	for _, v := range m.Inputs {
		if m.weights[v.Name] == nil {
			fed = append(fed, v)
		}
	}
	m.Inputs = fed
	switch {
	case len(m.Outputs) == 0:
		return bad("it has no output")
	case len(m.Inputs) == 0:
		return bad("it has no input")
	}
	return nil
}

// parseValue reads a ValueInfoProto: name, and the tensor among its types.
func parseValue(b []byte) (Value, error) {
	var v Value
	err := fields(b, func(f field) error {
		switch f.id {
		case 1:
			return f.text(&v.Name)
		case 2:
			return fields(f.bytes, func(f field) error {
				if f.id != 1 {
					return nil // a sequence or a map
				}
				return v.parseTensorType(f.bytes)
			})
		}
		return nil
	})
	return v, err
}

func (v *Value) parseTensorType(b []byte) error {
	return fields(b, func(f field) error {
		switch f.id {
		case 1:
			v.Type = DataType(f.num)
		case 2:
			v.Dims = []int{}
			return fields(f.bytes, func(f field) error {
				if f.id == 1 {
					return v.parseDim(f.bytes)
				}
				return nil
			})
		}
		return nil
	})
}

// parseDim reads one dimension; one with a name, or below 1, is open.
func (v *Value) parseDim(b []byte) error {
	var dim int64
	err := fields(b, func(f field) error {
		if f.id == 1 {
			return f.int(&dim)
		}
		return nil
	})
	if dim < 1 {
		dim = 0
	}
	if dim > maxElements || len(v.Dims) == maxRank {
		return bad("the shape of %q is beyond the limits", v.Name)
	}
	v.Dims = append(v.Dims, int(dim))
	return err
}
