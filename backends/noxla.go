//go:build !(cgo && ((linux && (amd64 || arm64)) || (darwin && arm64)))

package backends

import "fmt"

// HasXLA reports whether this binary can load XLA plugins.
const HasXLA = false

func resolveXLA(string) (string, error) {
	return "", fmt.Errorf("%w: this binary was built without cgo and has no XLA; "+
		"build it with CGO_ENABLED=1 on Linux or macOS, or use --backend go", ErrMissing)
}

// Plugins lists the PJRT plugins found: none in a binary without XLA.
func Plugins() []string { return []string{} }
