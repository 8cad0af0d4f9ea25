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

// Open opens the backend of that name as for numbers that are reported.
func Open(t testing.TB, name string) *backends.Backend {
	t.Helper()
	b, err := backends.OpenExact(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// CPU is the CPU backend.
func CPU(t testing.TB) *backends.Backend {
	t.Helper()
	return Open(t, backends.CPU)
}

// Device is the backend that the environment names for tests on a device; the
// test is skipped, saying so, where it names none.
func Device(t testing.TB) *backends.Backend {
	t.Helper()
	name := os.Getenv(DeviceEnv)
	if name == "" {
		t.Skipf("no device: set %s to a backend such as xla:cuda", DeviceEnv)
	}
	return Open(t, name)
}
