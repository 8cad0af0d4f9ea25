package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"repbench/backends"
	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/internal/cache"
	"repbench/internal/progress"
)

// maxThreads bounds --threads: each takes memory of its own.
const maxThreads = 1024

// app is what all commands share: the common flags and the two streams.
type app struct {
	stdout, stderr io.Writer
	json           bool
	quiet          bool
	seed           uint64
	backend        string
	threads        int
	cache          string
	cacheLimit     int64 // negative: none
	uses           *cache.Uses
	offline        bool
	followLinks    bool
	exifRotate     bool
}

func newApp(stdout, stderr io.Writer) (*app, *cobra.Command) {
	a := &app{stdout: stdout, stderr: stderr, cacheLimit: -1, uses: &cache.Uses{}}
	root := &cobra.Command{
		Use:           "repbench",
		Short:         "How good is this learned image representation?",
		Version:       versionText(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			return errors.Join(a.setThreads(), a.checkCache(), a.setCacheLimit(c))
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print one JSON document on standard output")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "show no progress")
	f.Uint64Var(&a.seed, "seed", 1, "seed of everything random")
	f.StringVar(&a.backend, "backend", backends.Auto, "auto, cpu, go, xla:cpu, xla:cuda or xla:/path/to/plugin.so")
	f.IntVar(&a.threads, "threads", 0, "CPU threads (0: all)")
	f.StringVar(&a.cache, "cache", "", "folder of downloaded data and cached features (default $REPBENCH_DATA, else the user's cache folder)")
	f.Var(size{&a.cacheLimit, 0}, "cache-limit", "after the command, remove the longest unused cached features and searches until the rest is no larger, such as 20GB (default $REPBENCH_CACHE_LIMIT, else no limit)")
	f.BoolVar(&a.offline, "offline", false, "never use the network")
	root.AddCommand(a.doctor(), a.data(), a.cacheCommand(), a.train(), a.sample(), a.extract(), a.eval(), a.memorization(), a.neighbours(), a.quality(), a.vis(), a.explore(), a.bench(), a.report(), a.serve(), a.versionCommand())
	return a, root
}

// checkCache says that the folder of --cache is none.
func (a *app) checkCache() error {
	if a.cache == "" {
		return nil
	}
	if info, err := os.Stat(a.cache); err == nil && !info.IsDir() {
		return usageError{fmt.Errorf("--cache %s is a file, not a folder; give a folder, which is made where there is none", a.cache)}
	}
	return nil
}

func (a *app) setThreads() error {
	if a.threads < 0 {
		return usageError{fmt.Errorf("--threads %d is negative", a.threads)}
	}
	if a.threads > maxThreads {
		return usageError{fmt.Errorf("--threads %d: give at most %d; 0 takes all processors, and more than there are make nothing faster", a.threads, maxThreads)}
	}
	if a.threads > 0 {
		runtime.GOMAXPROCS(a.threads)
	}
	return nil
}

func (a *app) progress() progress.Reporter {
	if a.quiet {
		return progress.Silent
	}
	return progress.New(a.stderr)
}

// print writes v as JSON where that was asked for, and else the text.
func (a *app) print(v any, text string) error {
	if !a.json {
		_, err := io.WriteString(a.stdout, text)
		return err
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (a *app) open() (*backends.Backend, error) { return backends.Open(a.backend) }

// openExact is open for features and samples.
func (a *app) openExact() (*backends.Backend, error) { return backends.OpenExact(a.backend) }

func (a *app) dataOptions() datasets.Options {
	return datasets.Options{
		Options: catalog.Options{CacheDir: a.cache, Uses: a.uses, Offline: a.offline, Progress: a.progress()},
		Seed:    new(int64(a.seed)), Threads: a.threads, FollowLinks: a.followLinks, ExifRotate: a.exifRotate,
	}
}

// readingOf is dataOptions for a set of which keep-lists name images.
func (a *app) readingOf(keep []string) datasets.Options {
	o := a.dataOptions()
	o.Keep = keep
	return o
}

// group is a command that has only commands below it.
func group(name, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use:   name,
		Short: short,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command \"%s %s\"", name, args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// exactly demands n positional arguments, called what.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("want %s, got %d arguments", what, len(args))}
		}
		return nil
	}
}

// required demands flags that have no default.
func required(c *cobra.Command, names ...string) error {
	for _, n := range names {
		if f := c.Flags().Lookup(n); f.Value.String() == "" || f.Value.String() == "0" {
			return usageError{fmt.Errorf("--%s is required", n)}
		}
	}
	return nil
}
