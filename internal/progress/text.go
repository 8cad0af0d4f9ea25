package progress

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// bytesUnit is the unit that is shown in MB.
const bytesUnit = "bytes"

// statusText returns the line of a running task, such as "extract 12,800/50,000 images 25 %
// 1,240 images/s, 0:30 left".
func statusText(t *task) string {
	done, spent := t.count.Load(), t.elapsed()
	now := done - t.first.Load()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", t.name, countText(done, t.total, t.unit))
	if t.total > 0 {
		fmt.Fprintf(&b, " %d %%", min(100, 100*done/t.total))
	}
	fmt.Fprintf(&b, " %s", rateText(now, spent, t.unit))
	if t.total > 0 && now > 0 {
		left := time.Duration(float64(spent) * float64(max(0, t.total-done)) / float64(now))
		fmt.Fprintf(&b, ", %s left", clock(left))
	} else {
		fmt.Fprintf(&b, ", %s so far", clock(spent))
	}
	if t.note != "" {
		fmt.Fprintf(&b, ", %s", t.note)
	}
	return b.String()
}

// finalText returns the line of a task that has ended.
func finalText(t *task) string {
	done, spent := t.count.Load(), t.elapsed()
	word, total := "in", int64(0)
	if t.total > 0 && done < t.total {
		word, total = "stopped after", t.total
	}
	text := fmt.Sprintf("%s %s %s %s, %s", t.name, countText(done, total, t.unit), word, clock(spent), rateText(done-t.first.Load(), spent, t.unit))
	if t.note != "" {
		text += ", " + t.note
	}
	return text
}

// countText returns "12,800/50,000 images", or "12,800 images" without a total.
func countText(done, total int64, unit string) string {
	format := group
	if unit == bytesUnit {
		unit = "MB"
		format = func(n int64) string { return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) }
	}
	text := format(done)
	if total > 0 {
		text += "/" + format(total)
	}
	return text + " " + unit
}

// rateText returns the mean rate, with about three digits.
func rateText(done int64, spent time.Duration, unit string) string {
	rate := 0.0
	if spent > 0 {
		rate = float64(done) / spent.Seconds()
	}
	if unit == bytesUnit {
		rate, unit = rate/1e6, "MB"
	}
	digits := 3
	switch {
	case rate >= 100 || rate == 0:
		return group(int64(rate+0.5)) + " " + unit + "/s"
	case rate >= 10:
		digits = 1
	case rate >= 1:
		digits = 2
	}
	return strconv.FormatFloat(rate, 'f', digits, 64) + " " + unit + "/s"
}

// group writes an integer with commas between thousands.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// clock writes a duration as 0:30, 12:05 or 3:07:00.
func clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
