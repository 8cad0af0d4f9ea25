//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backends

import (
	"os"
	"os/exec"
	"path/filepath"
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

// xlaFlags is the environment variable from which XLA takes its options.
const xlaFlags = "XLA_FLAGS"

// useCUDAData tells XLA where the parts of CUDA lie that it needs to compile,
// if the plugin is one that JAX installed and the user has not said it.
func useCUDAData(plugin string) error {
	flags := os.Getenv(xlaFlags)
	dir := cudaData(plugin)
	if dir == "" || strings.Contains(flags, "xla_gpu_cuda_data_dir") {
		return nil
	}
	return os.Setenv(xlaFlags, strings.TrimSpace(flags+" --xla_gpu_cuda_data_dir="+dir))
}

// cudaData is the folder with nvvm/libdevice that belongs to a plugin at
// <packages>/jax_plugins/xla_cuda13/xla_cuda_plugin.so, or that of the system.
func cudaData(plugin string) string {
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
