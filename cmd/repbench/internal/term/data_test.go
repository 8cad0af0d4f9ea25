package term

import (
	"testing"
	"time"
)

func TestDayText(t *testing.T) {
	at := time.Date(2026, 11, 25, 22, 5, 0, 0, time.Local)
	if got := dayText(at); got != "2026-11-25 22:05" || dayText(time.Time{}) != "" {
		t.Errorf("%q, %q", got, dayText(time.Time{}))
	}
}
