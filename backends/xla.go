//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backends

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/go-xla/compute/xla"
)

// HasXLA reports whether this binary can load XLA plugins.
const HasXLA = true

// resolveXLA finds the plugin ("cpu", "cuda", or a path, with options after a comma); it
// downloads nothing. It returns the name for the xla package: the same text, or the path of the
// plugin that JAX installed.
func resolveXLA(plugin string) (string, error) {
	name, options, _ := strings.Cut(plugin, ",")
	if filepath.IsAbs(name) {
		if _, err := os.Stat(name); err != nil {
			return "", fmt.Errorf("%w: plugin file: %v", ErrMissing, err)
		}
		return plugin, setUpCUDA(name, options)
	}
	found := standardPlugins()
	for _, p := range found {
		if p == name || strings.HasPrefix(p, name+"_v") {
			return plugin, setUpCUDA(name, options)
		}
	}
	if name == "cuda" {
		if path := jaxPlugin(pythonPackages()); path != "" {
			return strings.TrimSuffix(path+","+options, ","), setUpCUDA(path, options)
		}
	}
	return "", fmt.Errorf("%w: no PJRT plugin %q among those found %q; install one "+
		"(the Python packages jax[cuda13] or jaxlib hold them) and give its path as "+
		"xla:/path/to/pjrt_plugin.so, or put its folder in PJRT_PLUGIN_LIBRARY_PATH", ErrMissing, name, found)
}

// standardPlugins returns the names of the plugins in the folders of the xla package.
func standardPlugins() []string {
	xla.EnableAutoInstall(false)
	return xla.GetAvailablePlugins()
}

// Plugins lists the PJRT plugins found: the names of plugins in the standard folders, and the
// path of the CUDA plugin that JAX installed.
func Plugins() []string {
	found := append([]string{}, standardPlugins()...)
	if path := jaxPlugin(pythonPackages()); path != "" {
		found = append(found, path)
	}
	return found
}
