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
