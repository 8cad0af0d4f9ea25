package engine

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"
)

// Builder collects the functions of a computation.
type Builder struct {
	compute.Builder // the shadow: it answers all methods that are not defined below

	backend  *Backend
	name     string
	main     *Function
	compiled bool
}

func newBuilder(b *Backend, name string) *Builder {
	shadow := b.portable.Builder(name)
	builder := &Builder{Builder: shadow, backend: b, name: name}
	builder.main = newFunction(builder, nil, compute.MainName, shadow.Main())
	return builder
}

// Name implements compute.Builder.
func (b *Builder) Name() string { return b.name }

// Main implements compute.Builder.
func (b *Builder) Main() compute.Function { return b.main }

// NewFunction implements compute.Builder.
func (b *Builder) NewFunction(name string) (compute.Function, error) {
	if b.compiled {
		return nil, errors.Errorf("cpu: computation %q is compiled already", b.name)
	}
	shadow, err := b.Builder.NewFunction(name)
	if err != nil {
		return nil, err
	}
	return newFunction(b, nil, name, shadow), nil
}

// OpShape implements compute.Builder.
func (b *Builder) OpShape(v compute.Value) (shapes.Shape, error) { return b.main.Shape(v) }

// Compile implements compute.Builder.
func (b *Builder) Compile() (e compute.Executable, err error) {
	defer recovered(&err)
	if b.compiled {
		return nil, errors.Errorf("cpu: computation %q is compiled already", b.name)
	}
	if b.main.outputs == nil {
		return nil, errors.Errorf("cpu: computation %q has no outputs: call Return of its main function before Compile", b.name)
	}
	b.compiled = true
	if b.main.dynamic {
		for _, held := range b.main.fed {
			if held != nil {
				if err := held.fill(); err != nil {
					return nil, err
				}
			}
		}
		return b.compileDynamic()
	}
	if err := b.main.byImages(); err != nil {
		return nil, err
	}
	p, err := compile(b.main)
	if err != nil {
		return nil, err
	}
	b.main.release()
	return &Executable{program: p, fn: b.main, backend: b.backend}, nil
}
