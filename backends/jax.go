//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backends

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// pythonPackages are the folders in which Python packages may lie: those of the
// environment in use, of python3 on the PATH, of the user and of the system.
func pythonPackages() []string {
	var roots []string
	for _, env := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if root := os.Getenv(env); root != "" {
			roots = append(roots, root)
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		// A virtual environment is where the link lies, not where it points to.
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

// jaxPlugin is the PJRT plugin for CUDA that JAX installed in the first of the
// folders that has one, the one for the newest CUDA, or "".
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

// setUpCUDA prepares the process for a plugin of that path or name, without
// overriding what the user has set: where the parts of CUDA lie that XLA needs to compile,
// if JAX installed the plugin, and no TF32 if the options say so. The xla
// package's own option is for matrix products alone, not for convolutions.
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
		// It looks for the libraries in one place, which is not that of JAX, and
		// warns at every start.
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

// cudaData is the folder with nvvm/libdevice that belongs to a plugin at
// <packages>/jax_plugins/xla_cuda13/xla_cuda_plugin.so, or that of the system. A
// plugin in the standard folders is the business of the xla package.
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
