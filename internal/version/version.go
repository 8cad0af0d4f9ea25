// Package version identifies the program that made a result.
package version

import (
	"runtime"
	"runtime/debug"
)

// Version is the version of repbench, which is stored in results.
const Version = "0.1.0"

// Modified ends the name of a commit whose sources were changed before the build.
const Modified = "-modified"

// commit may be set by the linker (-X repbench/internal/version.commit=…), for
// builds without version-control stamping.
var commit string

// Commit returns the git commit that the program was built from, with Modified where sources were changed, or
// "unknown".
func Commit() string {
	if commit != "" {
		return commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, dirty := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = Modified
		}
	}
	return revision + dirty
}

// All returns the versions that matter for a result: of this program, of Go, and of the modules
// that compute.
func All() map[string]string {
	v := map[string]string{"repbench": Version, "go": runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/gomlx/gomlx", "github.com/gomlx/compute", "github.com/gomlx/go-xla":
			v[m.Path[len("github.com/gomlx/"):]] = m.Version
		}
	}
	return v
}
