package term

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"repbench/internal/cache"
)

// CacheList are the folders in the cache.
func CacheList(entries []cache.Entry) string {
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

// CachePruned is what was removed from the cache, or with dry would be.
func CachePruned(p cache.Pruned, dry bool) string {
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

// CacheLimited says which folders a command removed to keep the cache within a limit, and what
// exceeds it still; "" where there is nothing to say.
func CacheLimited(p cache.Pruned, limit int64) string {
	var b strings.Builder
	for _, e := range p.Removed {
		fmt.Fprintf(&b, "cache: removed %s (%s, last used %s), as the limit is %s\n", e.Path, megabytes(e.Bytes), dayText(e.Used), megabytes(limit))
	}
	if len(p.InUse) > 0 && p.LeftBytes > limit {
		fmt.Fprintf(&b, "cache: %s are left, more than the limit of %s, in folders that this command or another process uses\n", megabytes(p.LeftBytes), megabytes(limit))
	}
	return b.String()
}
