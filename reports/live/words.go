package live

import (
	"fmt"
	"time"
)

// duration is a time for people: "42 s", "3 min", "5 h 20 min", "2 d 4 h".
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()+0.5))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	case d < 48*time.Hour:
		return two(int(d.Hours()), "h", int(d.Minutes())%60, "min")
	}
	return two(int(d.Hours())/24, "d", int(d.Hours())%24, "h")
}

func two(n int, big string, m int, small string) string {
	if m == 0 {
		return fmt.Sprintf("%d %s", n, big)
	}
	return fmt.Sprintf("%d %s %d %s", n, big, m, small)
}

// ago says how long ago something was; "" for never.
func ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := time.Since(t)
	switch {
	case d < 5*time.Second:
		return "now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", 5*(int(d.Seconds())/5))
	}
	return duration(d) + " ago"
}

// plural is a number with a noun: "1 run", "3 runs".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(int64(n)) + " " + noun + "s"
}

// seconds is a number of seconds for people.
func seconds(s float64) string {
	if !(s >= 0 && s < 1e10) {
		return "–"
	}
	return duration(time.Duration(s * float64(time.Second)))
}
