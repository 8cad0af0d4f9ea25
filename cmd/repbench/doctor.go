package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"repbench/backends"
	"repbench/cmd/repbench/internal/term"
	"repbench/datasets/catalog"
	"repbench/internal/simd"
	"repbench/internal/sysinfo"
	"repbench/internal/version"
)

// health is what doctor prints.
type health struct {
	Versions    map[string]string `json:"versions"`
	Commit      string            `json:"commit"`
	Platform    string            `json:"platform"`
	Threads     int               `json:"threads"`
	SIMD        string            `json:"simd"`
	SIMDProblem string            `json:"simd_problem,omitempty"`
	MemoryBytes int64             `json:"memory_bytes"`
	Backend     string            `json:"backend"`
	BackendErr  string            `json:"backend_error,omitempty"`
	XLA         bool              `json:"xla_in_this_binary"`
	Plugins     []string          `json:"xla_plugins"`
	Data        []catalog.SetInfo `json:"data"`
}

func (a *app) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Show backend, SIMD level, threads, memory, data sets found and versions",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			h := health{
				Versions: version.All(), Commit: version.Commit(),
				Platform: runtime.GOOS + "/" + runtime.GOARCH, Threads: runtime.GOMAXPROCS(0),
				SIMD: fmt.Sprint(simd.Level()), SIMDProblem: problem(simd.Problem()), MemoryBytes: sysinfo.MemoryBytes(),
				XLA: backends.HasXLA, Plugins: backends.Plugins(), Data: catalog.List(a.dataOptions().Options),
			}
			if b, err := a.open(); errors.Is(err, backends.ErrUnknown) {
				return err
			} else if err != nil {
				h.BackendErr = err.Error()
			} else {
				h.Backend = b.Spec
			}
			return a.print(h, h.text())
		},
	}
}

func problem(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (h health) text() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s "+format+"\n", append([]any{name}, args...)...)
	}
	line("repbench", "%s, commit %s", h.Versions["repbench"], h.Commit)
	line("built", "%s, gomlx %s, compute %s, go-xla %s", h.Versions["go"], h.Versions["gomlx"], h.Versions["compute"], cmp.Or(h.Versions["go-xla"], "absent (built without cgo)"))
	line("machine", "%s, %d threads, %.1f GiB of memory", h.Platform, h.Threads, float64(h.MemoryBytes)/(1<<30))
	line("simd", "%s (REPBENCH_SIMD forces avx512, avx2 or portable) %s", h.SIMD, h.SIMDProblem)
	if h.BackendErr != "" {
		line("backend", "%s", h.BackendErr)
	} else {
		line("backend", "%s", h.Backend)
	}
	switch {
	case !h.XLA:
		line("xla", "not in this binary (built without cgo)")
	case len(h.Plugins) == 0:
		line("xla", "no plugin found")
	default:
		line("xla", "plugins %s", strings.Join(h.Plugins, ", "))
	}
	b.WriteString("\n" + term.DataSets(h.Data))
	return b.String()
}
