package backends

import (
	"errors"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	for _, name := range []string{CPU, Go, Auto, ""} {
		b, err := Open(name)
		if err != nil {
			t.Fatalf("Open(%q): %v", name, err)
		}
		if b.Spec == Auto || b.Spec == "" {
			t.Errorf("Open(%q) resolved to %q, want a concrete name", name, b.Spec)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	tests := []struct {
		name, backend, want string
		missing             bool
	}{
		{"unknown", "tpu9", "unknown backend", false},
		{"no plugin name", "xla:", "unknown backend", false},
		{"plugin path absent", "xla:/nonexistent/plugin.so", "backend xla:/nonexistent/plugin.so", true},
		{"plugin name absent", "xla:nosuchplugin", "nosuchplugin", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(tt.backend)
			if err == nil {
				t.Fatalf("Open(%q) succeeded, want an error", tt.backend)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not contain %q", err, tt.want)
			}
			if got := errors.Is(err, ErrMissing); got != tt.missing {
				t.Errorf("errors.Is(err, ErrMissing) = %v, want %v", got, tt.missing)
			}
		})
	}
}

func TestOpenExact(t *testing.T) {
	b, err := OpenExact(CPU)
	if err != nil || b.Spec != openSpec(t, CPU) {
		t.Errorf("OpenExact(cpu) is %v, %v", b, err)
	}
	for name, want := range map[string]string{
		"xla:/nonexistent.so":           "xla:/nonexistent.so,tf32=false",
		"xla:/nonexistent.so,tf32=true": "xla:/nonexistent.so,tf32=true",
	} {
		if _, err := OpenExact(name); err == nil || !strings.Contains(err.Error(), "backend "+want+":") {
			t.Errorf("OpenExact(%q): %v, want an error about %s", name, err, want)
		}
	}
	if _, err := OpenExact("tpu9"); !errors.Is(err, ErrUnknown) {
		t.Errorf("OpenExact of an unknown name: %v", err)
	}
}

func openSpec(t *testing.T, name string) string {
	t.Helper()
	b, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return b.Spec
}
