// Package backendtest opens backends for tests.
package backendtest

import (
	"os"
	"testing"

	"repbench/backends"
)

// DeviceEnv is the environment variable that names the backend of tests on a
// device, such as "xla:cuda".
const DeviceEnv = "REPBENCH_DEVICE"

// Names returns the backends that run everywhere, and the one that DeviceEnv names.
func Names() []string {
	names := []string{backends.Go, backends.CPU}
	if name := os.Getenv(DeviceEnv); name != "" {
		names = append(names, name)
	}
	return names
}

// Open opens the backend with the given name, as backends.OpenExact does.
func Open(t testing.TB, name string) *backends.Backend {
	t.Helper()
	b, err := backends.OpenExact(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// CPU opens the CPU backend.
func CPU(t testing.TB) *backends.Backend {
	t.Helper()
	return Open(t, backends.CPU)
}

// Device opens the backend that DeviceEnv names. It skips the test, with a message, if the
// variable is not set.
func Device(t testing.TB) *backends.Backend {
	t.Helper()
	name := os.Getenv(DeviceEnv)
	if name == "" {
		t.Skipf("no device: set %s to a backend such as xla:cuda", DeviceEnv)
	}
	return Open(t, name)
}
