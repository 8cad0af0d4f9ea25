package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/internal/cache"
)

// cacheLimitEnv is the environment variable with the limit where --cache-limit is not given.
const cacheLimitEnv = "REPBENCH_CACHE_LIMIT"

// afterInterrupt bounds the time for which an interrupted command still removes folders.
const afterInterrupt = 5 * time.Second

// setCacheLimit takes the limit from the environment where no flag gives it.
func (a *app) setCacheLimit(c *cobra.Command) error {
	text := os.Getenv(cacheLimitEnv)
	if text == "" || c.Flags().Changed("cache-limit") {
		return nil
	}
	if err := (size{&a.cacheLimit, 0}).Set(text); err != nil {
		return usageError{fmt.Errorf("%s: %w", cacheLimitEnv, err)}
	}
	return nil
}

// limitCache removes the longest unused folders of the cache, after a command that made or read some,
// until the rest is within the limit. It leaves the entries of this command, and says what it did on
// standard error. Its errors do not undo the command.
func (a *app) limitCache(ctx context.Context) {
	defer a.uses.Close()
	if a.cacheLimit < 0 || a.uses.Held() == 0 {
		return
	}
	if ctx.Err() != nil {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), afterInterrupt)
		defer stop()
	}
	dir, err := a.dataOptions().CachePath()
	if err != nil {
		return // then nothing was cached
	}
	done, err := cache.Prune(ctx, dir, cache.Policy{MaxBytes: a.cacheLimit})
	fmt.Fprint(a.stderr, term.CacheLimited(done, a.cacheLimit))
	if err != nil {
		fmt.Fprintf(a.stderr, "the cache could not be brought below its limit: %v\n", err)
	}
}
