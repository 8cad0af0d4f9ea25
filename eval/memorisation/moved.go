package memorisation

import (
	"fmt"
	"strings"
)

// ShiftWords says how far a window lies from the centre: "shift 2 down, 1 right"; "": not at all.
func ShiftWords(offset [2]int) string {
	var parts []string
	add := func(n int, ahead, back string) {
		switch {
		case n > 0:
			parts = append(parts, fmt.Sprintf("%d %s", n, ahead))
		case n < 0:
			parts = append(parts, fmt.Sprintf("%d %s", -n, back))
		}
	}
	add(offset[0], "down", "up")
	add(offset[1], "right", "left")
	if len(parts) == 0 {
		return ""
	}
	return "shift " + strings.Join(parts, ", ")
}

// MatchWords says how a training image matched: "shift 2 down, 1 right, mirrored"; "": as it is.
func MatchWords(mirrored bool, offset [2]int) string {
	words := ShiftWords(offset)
	switch {
	case !mirrored:
		return words
	case words == "":
		return "mirrored"
	}
	return words + ", mirrored"
}
