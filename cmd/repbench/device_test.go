package main

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"testing"

	"repbench/internal/testenv"
)

// timeless is a result without what differs from run to run.
func timeless(r map[string]any) map[string]any {
	r = maps.Clone(r)
	for _, key := range []string{"fit_seconds", "select_seconds", "seconds", "peak_rss_bytes"} {
		delete(r, key)
	}
	return r
}

func TestDeviceCommand(t *testing.T) {
	testenv.NeedPortable(t)
	x, y := arrays(t, t.TempDir())
	linear := append([]string{"eval", "linear", "--C", "1"}, sources(x, y)...)
	native := document(t, linear...)
	for _, backend := range []string{"auto", "cpu"} {
		if r := document(t, append(linear, "--backend", backend)...); r["products"] != "simd" || native["products"] != "simd" {
			t.Errorf("--backend %s: products of %v", backend, r["products"])
		}
	}
	r := document(t, append(linear, "--backend", "go", "--device-memory", "1MB")...)
	if p, _ := r["products"].(string); !strings.HasPrefix(p, "device go") || !strings.HasSuffix(p, "matrix sent once") {
		t.Errorf("products of %v", r["products"])
	}
	a, b := r["objective"].(float64), native["objective"].(float64)
	if d := a/b - 1; d > 1e-6 || d < -1e-6 || r["test_accuracy"] != native["test_accuracy"] {
		t.Errorf("objective %v, on the CPU %v", a, b)
	}
	if text := must(t, append(linear, "--backend", "go")...); !strings.Contains(text, "products made on: device go") {
		t.Errorf("text does not name the device:\n%s", text)
	}
}

// TestMaxMemoryCommand: what is read and what is mapped give the same result.
func TestMaxMemoryCommand(t *testing.T) {
	x, y := arrays(t, t.TempDir())
	for _, args := range [][]string{{"linear", "--C", "0.1,1"}, {"fewshot", "--labels", "4", "--draws", "3", "--C", "1"}, {"knn"}} {
		args = append(append([]string{"eval"}, args...), sources(x, y)...)
		read := timeless(document(t, args...))
		for _, size := range []string{"1", "400B", "1GiB"} { // none, one, both of 320 bytes
			if mapped := timeless(document(t, append(args, "--max-memory", size)...)); !reflect.DeepEqual(read, mapped) {
				t.Errorf("%s with --max-memory %s: %v, want %v", args[1], size, mapped, read)
			}
		}
	}
}

func TestDeviceFlagErrors(t *testing.T) {
	x, y := arrays(t, t.TempDir())
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"memory of no device", []string{"--device-memory", "1GiB"}, 2, "--device-memory means nothing with --backend auto"},
		{"no size", []string{"--max-memory", "lots"}, 2, `"lots" is no size; give one like 8GiB`},
		{"size of nothing", []string{"--max-memory", "0"}, 2, `"0" is no size`},
		{"negative size", []string{"--max-memory", "-1"}, 2, `"-1" is no size`},
		{"huge size", []string{"--max-memory", "15EiB"}, 2, "is no size"},
		{"unknown backend", []string{"--backend", "tpu9"}, 2, "unknown backend"},
		{"plugin absent", []string{"--backend", "xla:/nonexistent/plugin.so"}, 1, "backend xla:/nonexistent/plugin.so"},
		{"too little device memory", []string{"--backend", "go", "--device-memory", "1kB"}, 1, "1000 bytes of its memory are too few"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.args[1] == "go" {
				testenv.NeedPortable(t)
			}
			var out, errs strings.Builder
			args := append(append([]string{"eval", "linear", "-q"}, sources(x, y)...), tt.args...)
			if status := run(context.Background(), args, &out, &errs); status != tt.status || !strings.Contains(errs.String(), tt.want) || out.Len() > 0 {
				t.Errorf("status %d, %q on standard error, want %d and %q; output %q", status, errs.String(), tt.status, tt.want, out.String())
			}
		})
	}
}
