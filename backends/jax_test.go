//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backends

import (
	"os"
	"path/filepath"
	"testing"
)

// Folders as pip lays them out for jax[cuda13].
func TestJAXPlugin(t *testing.T) {
	root := t.TempDir()
	packages := filepath.Join(root, "lib", "python3.12", "site-packages")
	plugin := filepath.Join(packages, "jax_plugins", "xla_cuda13", "xla_cuda_plugin.so")
	older := filepath.Join(packages, "jax_plugins", "xla_cuda12", "xla_cuda_plugin.so")
	device := filepath.Join(packages, "nvidia", "cu13", "nvvm", "libdevice", "libdevice.10.bc")
	if got := jaxPlugin([]string{packages}); got != "" {
		t.Fatalf("plugin %q where there is none", got)
	}
	for _, path := range []string{plugin, older, device} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("VIRTUAL_ENV", root)
	if got := jaxPlugin(pythonPackages()); got != plugin {
		t.Errorf("plugin %q, want %q", got, plugin)
	}
	want := "--xla_gpu_cuda_data_dir=" + filepath.Join(packages, "nvidia", "cu13")
	t.Setenv(xlaFlags, "--xla_dump_to=x")
	t.Setenv(tf32Override, "")
	t.Setenv(cudaChecks, "")
	if err := setUpCUDA(plugin, ""); err != nil {
		t.Fatal(err)
	}
	if got := os.Getenv(xlaFlags); got != "--xla_dump_to=x "+want {
		t.Errorf("%s=%q, want %q behind what was there", xlaFlags, got, want)
	}
	if got := os.Getenv(tf32Override); got != "" {
		t.Errorf("%s=%q without the option", tf32Override, got)
	}
	own := "--xla_gpu_cuda_data_dir=/own"
	t.Setenv(xlaFlags, own)
	if err := setUpCUDA(plugin, "preallocate=false,tf32=false"); err != nil {
		t.Fatal(err)
	}
	if got := os.Getenv(xlaFlags); got != own {
		t.Errorf("%s=%q, want the user's %q", xlaFlags, got, own)
	}
	if got := os.Getenv(tf32Override); got != "0" {
		t.Errorf("%s=%q, want 0", tf32Override, got)
	}
	t.Setenv(tf32Override, "")
	t.Setenv(xlaFlags, "")
	for plugin, want := range map[string]string{"/lib/pjrt_c_api_cpu_plugin.so": "", "cuda": "0"} {
		if err := setUpCUDA(plugin, noTF32); err != nil {
			t.Fatal(err)
		}
		if got := os.Getenv(tf32Override); got != want || os.Getenv(xlaFlags) != "" {
			t.Errorf("plugin %s: %s=%q, want %q; %s=%q", plugin, tf32Override, got, want, xlaFlags, os.Getenv(xlaFlags))
		}
		os.Unsetenv(tf32Override)
	}
}
