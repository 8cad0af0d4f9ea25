package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCacheCommands(t *testing.T) {
	cache := t.TempDir()
	old := fill(t, cache, "features/old/train_features.npy", "12345")
	fill(t, cache, "features/new/train_features.npy", "123")
	long := time.Now().AddDate(0, 0, -60)
	for _, f := range []string{old, filepath.Dir(old)} {
		if err := os.Chtimes(f, long, long); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args, want string
		status     int
	}{
		{"cache list", "2 folders, 0.0 MB", 0},
		{"cache frobnicate", "unknown command", 2},
		{"cache prune", "say what to remove", 2},
		{"cache prune --older-than soon", "no time such as", 2},
		{"cache prune --older-than -5h", "no time such as", 2},
		{"cache prune --max-size big", "is no size", 2},
		{"cache prune --older-than 61d", "removed 0 folders", 0},
		{"cache prune --older-than 30d --dry-run", "would remove " + filepath.Dir(old), 0},
		{"cache prune --max-size 3B", "removed 1 folders, 0.0 MB", 0},
		{"cache prune --max-size 0 --json", `"left_bytes": 0`, 0},
		{"cache list --json", "[]", 0},
	} {
		t.Run(tt.args, func(t *testing.T) {
			status, stdout, stderr := inCache(cache, strings.Fields(tt.args)...)
			if status != tt.status || !strings.Contains(stdout+stderr, tt.want) {
				t.Errorf("status %d, want %d; %q should say %q", status, tt.status, stdout+stderr, tt.want)
			}
		})
	}
}

// Features that are evaluated again count as used.
func TestCachedFeaturesAreTouched(t *testing.T) {
	cache := t.TempDir()
	args := strings.Fields("eval linear --encoder pixels --data shapes:size=16,train=100,test=20 --C 1e-3 --backend cpu --record " + filepath.Join(t.TempDir(), "r.jsonl"))
	used := func() time.Time {
		t.Helper()
		if status, _, stderr := inCache(cache, args...); status != 0 {
			t.Fatal(stderr)
		}
		dirs, _ := filepath.Glob(filepath.Join(cache, "features", "*"))
		if len(dirs) != 1 {
			t.Fatalf("cached %v", dirs)
		}
		info, err := os.Stat(dirs[0])
		if err != nil {
			t.Fatal(err)
		}
		at := info.ModTime()
		long := at.AddDate(0, -1, 0)
		if err := os.Chtimes(dirs[0], long, long); err != nil {
			t.Fatal(err)
		}
		return at
	}
	if first := used(); used().Before(first) {
		t.Error("a second use left the time of the folder as it was")
	}
}

func TestParseSizeAndAge(t *testing.T) {
	for text, want := range map[string]int64{"12GB": 12e9, "500MiB": 500 << 20,
		"0": 0, "17": 17, "5B": 5, "1kB": 1000, "2KiB": 2048, "1.5GB": 1.5e9, "1GiB": 1 << 30, "2TB": 2e12,
		"": -1, "x": -1, "GB": -1, "-1GB": -1, "NaN": -1, "1e30GB": -1, "1BG": -1} {
		var got int64
		err := size{&got, 0}.Set(text)
		if want < 0 != (err != nil) || want >= 0 && got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "0d": 0, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute,
		"": -1, "d": -1, "-1d": -1, "99999999d": -1, "3": -1} {
		got, err := parseAge(text)
		if want < 0 != (err != nil) || want >= 0 && got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
