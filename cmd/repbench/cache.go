package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

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
			return a.print(entries, entriesText(entries))
		},
	}
}

func entriesText(entries []cache.Entry) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tLAST USED\tSIZE\tFOLDER")
	total := int64(0)
	for _, e := range entries {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.Kind, dayText(e.Used), megabytes(e.Bytes), e.Path)
		total += e.Bytes
	}
	w.Flush()
	fmt.Fprintf(&b, "\n%d folders, %s\n", len(entries), megabytes(total))
	return b.String()
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
			return a.print(done, prunedText(done, dry))
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

func prunedText(p cache.Pruned, dry bool) string {
	verb := "removed"
	if dry {
		verb = "would remove"
	}
	var b strings.Builder
	for _, e := range p.Removed {
		fmt.Fprintf(&b, "%s %s (%s, last used %s)\n", verb, e.Path, megabytes(e.Bytes), dayText(e.Used))
	}
	for _, e := range p.InUse {
		fmt.Fprintf(&b, "in use, left: %s\n", e.Path)
	}
	fmt.Fprintf(&b, "%s %d folders, %s; %s left\n", verb, len(p.Removed), megabytes(p.Bytes), megabytes(p.LeftBytes))
	return b.String()
}
