package term

import (
	"fmt"
	"slices"
	"strings"

	"repbench/datasets"
	"repbench/datasets/prepare"
)

// maxBadShown bounds the bad images that the text lists; the manifest has them all.
const maxBadShown = 10

// Prepared are the prepared sets.
func Prepared(res *prepare.Result) string {
	var b strings.Builder
	same := true // the same images are left out at all sizes
	for _, s := range res.Sets {
		same = same && slices.Equal(s.Bad, res.Sets[0].Bad)
	}
	for _, s := range res.Sets {
		fmt.Fprintf(&b, "prepared:%s: %d×%d pixels, %d channels, hash %s\n", s.Dir, s.Size, s.Size, s.Channels, s.Hash)
		for _, split := range s.Splits {
			fmt.Fprintf(&b, "  %-6s %d images\n", split.Name, split.Images)
		}
		if !same {
			b.WriteString(badText(s.Bad))
		}
	}
	if same {
		b.WriteString(badText(res.Sets[0].Bad))
	}
	return b.String()
}

// badText lists the first images that were left out.
func badText(bad []datasets.BadImage) string {
	var b strings.Builder
	for i, x := range bad {
		if i == maxBadShown {
			fmt.Fprintf(&b, "  and %d more, listed in manifest.json\n", len(bad)-i)
			break
		}
		fmt.Fprintf(&b, "  left out: %s\n", x)
	}
	return b.String()
}
