//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backends

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// pythonPackages returns the folders in which Python packages may be installed: for the
// environment in use, for python3 on the PATH, for the user and for the system.
func pythonPackages() []string {
	var roots []string
	for _, env := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if root := os.Getenv(env); root != "" {
			roots = append(roots, root)
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		// The folder of the link identifies a virtual environment, not the folder of its
		// target.
		roots = append(roots, filepath.Dir(filepath.Dir(python)))
	}
	if home, err := os.UserHomeDir(); err == nil {
		roots = append(roots, filepath.Join(home, ".local"))
	}
	var folders []string
	for _, root := range append(roots, "/usr/local", "/usr") {
		for _, name := range []string{"lib/python3*/site-packages", "lib/python3*/dist-packages"} {
			found, _ := filepath.Glob(filepath.Join(root, name)) // the patterns are well formed
			folders = append(folders, found...)
		}
	}
	return folders
}

// jaxPlugin returns the PJRT plugin for CUDA that JAX installed in the first of the folders
// that has one (for the newest CUDA if there are several), or "".
func jaxPlugin(folders []string) string {
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, "jax_plugins", "xla_cuda*", "xla_cuda_plugin.so"))
		if len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return ""
}

// Environment variables that XLA, CUDA's libraries and the xla package read.
const (
	xlaFlags     = "XLA_FLAGS"
	tf32Override = "NVIDIA_TF32_OVERRIDE"
	cudaChecks   = "GOPJRT_CUDA_CHECKS"
)

// setUpCUDA prepares the process for a plugin with the given path or name, without overriding
// the user's settings. If JAX installed the plugin, it tells XLA where to find the parts of
// CUDA that are needed to compile. If the options ask for it, it turns TF32 off; the xla
// package's own option covers only matrix products, not convolutions.
func setUpCUDA(plugin, options string) error {
	if !strings.Contains(plugin, "cuda") {
		return nil
	}
	set := map[string]string{}
	if dir := cudaData(plugin); dir != "" {
		flags := os.Getenv(xlaFlags)
		if !strings.Contains(flags, "xla_gpu_cuda_data_dir") {
			if err := os.Setenv(xlaFlags, strings.TrimSpace(flags+" --xla_gpu_cuda_data_dir="+dir)); err != nil {
				return err
			}
		}
		// It looks for the libraries in one place, which is not the folder of JAX, and warns at
		// every start.
		set[cudaChecks] = "no"
	}
	if slices.Contains(strings.Split(options, ","), noTF32) {
		set[tf32Override] = "0"
	}
	for name, value := range set {
		if os.Getenv(name) == "" {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// cudaData returns the folder with nvvm/libdevice that belongs to a plugin at
// <packages>/jax_plugins/xla_cuda13/xla_cuda_plugin.so, or the system's folder. The xla package
// handles plugins in the standard folders.
func cudaData(plugin string) string {
	if !filepath.IsAbs(plugin) {
		return ""
	}
	packages := filepath.Dir(filepath.Dir(filepath.Dir(plugin)))
	var dirs []string
	for _, pattern := range []string{"nvidia/cu1*", "nvidia/cuda_nvcc", "jax_cuda*_plugin/cuda"} {
		found, _ := filepath.Glob(filepath.Join(packages, pattern))
		dirs = append(dirs, found...)
	}
	for _, dir := range append(dirs, "/usr/local/cuda") {
		if _, err := os.Stat(filepath.Join(dir, "nvvm", "libdevice")); err == nil {
			return dir
		}
	}
	return ""
}
