package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/internal/cache"
)

func (a *app) cacheCommand() *cobra.Command {
	return group("cache", "List and prune cached features and searches", a.cacheList(), a.cachePrune())
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
	var older string
	p := cache.Policy{MaxBytes: -1}
	c := &cobra.Command{
		Use:   "prune [--older-than TIME] [--max-size SIZE]",
		Short: "Remove cached features and searches",
		Long: `Remove cached features and searches of supervised trainings, which are computed
again when they are wanted. Data sets stay, and so does what a process is writing.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if older == "" && p.MaxBytes < 0 {
				return usageError{errors.New("say what to remove: --older-than TIME, --max-size SIZE or both")}
			}
			var err error
			if p.UnusedSince, err = unusedSince(older, time.Now()); err != nil {
				return usageError{err}
			}
			dir, err := a.dataOptions().CachePath()
			if err != nil {
				return err
			}
			done, err := cache.Prune(c.Context(), dir, p)
			if err != nil {
				return err
			}
			return a.print(done, term.CachePruned(done, p.DryRun))
		},
	}
	fl := c.Flags()
	fl.StringVar(&older, "older-than", "", "remove what was not used for this time, such as 30d or 12h")
	sizeFlag(c, &p.MaxBytes, "max-size", 0, "remove the longest unused until the rest is no larger, such as 20GB or 500MiB")
	fl.BoolVar(&p.DryRun, "dry-run", false, "only say what would be removed")
	return c
}

// unusedSince is the time before which what was last used is removed.
func unusedSince(older string, now time.Time) (time.Time, error) {
	if older == "" {
		return time.Time{}, nil
	}
	age, err := parseAge(older)
	return now.Add(-age), err
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
