package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/internal/cache"
)

func (a *app) cacheCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "cache",
		Short: "List and prune cached features and searches",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command \"cache %s\"", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.cacheList(), a.cachePrune())
	return c
}

func (a *app) cacheList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show what is cached, the longest unused first",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			dir, err := a.dataOptions().CachePath()
			if err != nil {
				return err
			}
			entries, err := cache.List(dir)
			if err != nil {
				return err
			}
			return a.print(entries, term.CacheList(entries))
		},
	}
}

func (a *app) cachePrune() *cobra.Command {
	var older, size string
	var dry bool
	c := &cobra.Command{
		Use:   "prune [--older-than TIME] [--max-size SIZE]",
		Short: "Remove cached features and searches",
		Long: `Remove cached features and searches of supervised trainings, which are computed
again when they are wanted. Data sets stay, and so does what a process is writing.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := prunePolicy(older, size, time.Now())
			if err != nil {
				return usageError{err}
			}
			p.DryRun = dry
			dir, err := a.dataOptions().CachePath()
			if err != nil {
				return err
			}
			done, err := cache.Prune(c.Context(), dir, p)
			if err != nil {
				return err
			}
			return a.print(done, term.CachePruned(done, dry))
		},
	}
	fl := c.Flags()
	fl.StringVar(&older, "older-than", "", "remove what was not used for this time, such as 30d or 12h")
	fl.StringVar(&size, "max-size", "", "remove the longest unused until the rest is no larger, such as 20GB or 500MiB")
	fl.BoolVar(&dry, "dry-run", false, "only say what would be removed")
	return c
}

func prunePolicy(older, size string, now time.Time) (cache.Policy, error) {
	p := cache.Policy{MaxBytes: -1}
	if older == "" && size == "" {
		return p, errors.New("say what to remove: --older-than TIME, --max-size SIZE or both")
	}
	if older != "" {
		age, err := parseAge(older)
		if err != nil {
			return p, err
		}
		p.UnusedSince = now.Add(-age)
	}
	if size != "" {
		var err error
		if p.MaxBytes, err = parseSize(size); err != nil {
			return p, err
		}
	}
	return p, nil
}

// parseAge reads a number of days such as 30d, or a duration such as 12h.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("--older-than %q is no time such as 30d or 12h", text)
}

// parseSize reads bytes with an optional unit: kB, MB, GB, TB or KiB, MiB, GiB, TiB.
func parseSize(text string) (int64, error) {
	number := strings.TrimRight(text, "kKMGTiB")
	units := map[string]float64{"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
		"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
	unit, known := units[text[len(number):]]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !known || !(n >= 0 && n*unit < math.MaxInt64) {
		return 0, fmt.Errorf("--max-size %q is no size such as 20GB or 500MiB", text)
	}
	return int64(n * unit), nil
}
