package sharedtest

import (
	"os"
	"testing"
)

// DeviceEnv is the environment variable that names the backend of tests on a
// device, such as "xla:cuda".
const DeviceEnv = "REPBENCH_DEVICE"

// Device is the backend that the environment names for tests on a device; the
// test is skipped, saying so, where it names none.
func Device(t testing.TB) string {
	t.Helper()
	name := os.Getenv(DeviceEnv)
	if name == "" {
		t.Skipf("no device: set %s to a backend such as xla:cuda", DeviceEnv)
	}
	return name
}
