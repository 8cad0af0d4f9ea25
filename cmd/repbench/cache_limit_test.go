package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cachedFeatures are the folders of features in a cache, by the number of their training images.
func cachedFeatures(t *testing.T, cache string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "features", "*", "meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"60", "70", "80"} {
			if strings.Contains(string(text), `"rows": `+n) {
				found[n] = true
			}
		}
	}
	return found
}

// evalOn evaluates raw pixels of the given number of training images and returns the status and standard error.
func evalOn(cache, images string, more ...string) (int, string) {
	args := []string{"eval", "knn", "--encoder", "pixels", "--data", "shapes:size=16,train=" + images + ",test=20", "--backend", "cpu"}
	status, _, stderr := inCache(cache, append(args, more...)...)
	return status, stderr
}

// TestCacheLimit: what was not used for longest goes after a command that fills the cache, but never
// what this command made, be it larger than the limit, and no data set.
func TestCacheLimit(t *testing.T) {
	for _, tt := range []struct {
		name, env string
		flags     []string
		gone      string // images of the entries that go
		says      string
	}{
		{"no limit", "", nil, "", ""},
		{"room for all", "", []string{"--cache-limit", "1GB"}, "", ""},
		{"room for two", "", []string{"--cache-limit", "700kB"}, "60", "removed"},
		{"an entry larger than the limit", "", []string{"--cache-limit", "1kB"}, "60 70", "more than the limit of 0.0 MB"},
		{"nothing", "", []string{"--cache-limit", "0"}, "60 70", "in folders that this command or another process uses"},
		{"environment", "0", nil, "60 70", "removed"},
		{"flag before environment", "0", []string{"--cache-limit", "1GB"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cache := t.TempDir()
			set := fill(t, cache, "mnist/train-images-idx3-ubyte", "a data set")
			for _, images := range []string{"60", "70"} {
				if status, stderr := evalOn(cache, images); status != 0 {
					t.Fatal(stderr)
				}
			}
			t.Setenv(cacheLimitEnv, tt.env)
			status, stderr := evalOn(cache, "80", tt.flags...)
			if status != 0 || !strings.Contains(stderr, tt.says) || tt.says == "" && stderr != "" {
				t.Errorf("status %d, %q should say %q", status, stderr, tt.says)
			}
			left := cachedFeatures(t, cache)
			for _, images := range []string{"60", "70", "80"} {
				if left[images] == strings.Contains(tt.gone, images) {
					t.Errorf("after %q: left are %v, want all but %q", stderr, left, tt.gone)
				}
			}
			if _, err := os.Stat(set); err != nil {
				t.Error(err)
			}
			if status, stderr := evalOn(cache, "60"); status != 0 {
				t.Errorf("after it was removed: %s", stderr)
			}
		})
	}
}

// TestCacheLimitUsage: a limit that is no size is an error of the command line, and names where it
// stands. Commands that do not touch the cache leave it as it is.
func TestCacheLimitUsage(t *testing.T) {
	cache := t.TempDir()
	if status, stderr := evalOn(cache, "60", "--cache-limit", "big"); status != statusUsage || !strings.Contains(stderr, "--cache-limit") {
		t.Errorf("status %d: %s", status, stderr)
	}
	t.Setenv(cacheLimitEnv, "big")
	if status, stderr := evalOn(cache, "60"); status != statusUsage || !strings.Contains(stderr, cacheLimitEnv) {
		t.Errorf("status %d: %s", status, stderr)
	}
	t.Setenv(cacheLimitEnv, "0")
	if status, stderr := evalOn(cache, "60"); status != 0 {
		t.Fatal(stderr)
	}
	for _, args := range []string{"cache list", "data list", "doctor"} {
		if status, _, stderr := inCache(cache, strings.Fields(args)...); status != 0 || strings.Contains(stderr, "removed") {
			t.Errorf("%s: %s", args, stderr)
		}
	}
	if !cachedFeatures(t, cache)["60"] {
		t.Error("a command that does not touch the cache removed features")
	}
}

// TestCacheLimitOtherProcess: what another process uses stays, and goes once that process has ended,
// also where it was killed.
func TestCacheLimitOtherProcess(t *testing.T) {
	cache := t.TempDir()
	other := process("explore", "random:svhn32,width=1", "--cache", cache, "--port", "0")
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			other.Process.Kill()
			other.Wait()
		}
	}
	defer stop()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	generators := func() int {
		found, _ := filepath.Glob(filepath.Join(cache, "generator", "*"))
		return len(found)
	}
	long := time.Now().AddDate(0, -1, 0)
	if found, _ := filepath.Glob(filepath.Join(cache, "generator", "*")); len(found) == 1 {
		os.Chtimes(found[0], long, long)
	}
	if status, stderr := evalOn(cache, "60", "--cache-limit", "0"); status != 0 || generators() != 1 {
		t.Fatalf("status %d, %d generators are left: %s", status, generators(), stderr)
	}
	stop()
	if status, stderr := evalOn(cache, "60", "--cache-limit", "0"); status != 0 || generators() != 0 || !strings.Contains(stderr, "removed") {
		t.Errorf("status %d, %d generators are left: %s", status, generators(), stderr)
	}
}
