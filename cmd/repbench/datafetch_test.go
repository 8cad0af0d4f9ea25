package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/catalog"
)

// inCache runs a command line on that cache folder, offline.
func inCache(cache string, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(context.Background(), append(args, "--cache", cache, "--offline", "-q"), &out, &errs)
	return status, out.String(), errs.String()
}

// fill writes a file below the cache folder.
func fill(t *testing.T, cache, name, content string) string {
	t.Helper()
	path := filepath.Join(cache, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDataCommands(t *testing.T) {
	cache := t.TempDir()
	wrong := fill(t, cache, "cifar-10-binary.tar.gz", "not the archive")
	fill(t, cache, "tiny-imagenet-200/x.png", "x")
	fill(t, cache, "mnist/train-images-idx3-ubyte.gz.part", "half")
	fill(t, cache, "prep/32/manifest.json", "{}")
	fill(t, cache, "prep/32/train_images.npy", "xx")
	noBundle := fill(t, t.TempDir(), "x.tar", strings.Repeat("x", 1024))
	for _, tt := range []struct {
		name, args string
		status     int
		stdout     []string
		stderr     string
	}{
		{"list", "data list", 0, []string{"DATA SET", "VERIFIED", wrong, "repbench data fetch mnist", "PREPARED", filepath.Join(cache, "prep", "32"), "cache " + cache}, ""},
		{"verify all", "data verify", 1, []string{"bad      cifar10", "unfinished  mnist", "unknown", "it has 15 bytes"}, wrong + " is bad; delete it"},
		{"verify one that is not there", "data verify mnist", 1, []string{"absent", "unfinished"}, "4 of 4"},
		{"verify one of unknown content", "data verify tiny-imagenet", 0, []string{"unknown"}, ""},
		{"verify no set", "data verify nosuchset", 2, nil, "nosuchset"},
		{"verify a built-in set", "data verify shapes", 2, nil, "no files"},
		{"fetch offline", "data fetch mnist", 1, nil, "put it at " + filepath.Join(cache, "mnist", "t10k-labels-idx1-ubyte.gz")},
		{"fetch what is bad", "data fetch cifar10", 1, nil, "delete it"},
		{"fetch what needs a licence", "data fetch imagenet", 1, nil, filepath.Join(cache, "imagenet")},
		{"fetch from nowhere", "data fetch mnist --from " + filepath.Join(cache, "no"), 1, nil, "no such file"},
		{"fetch from no bundle", "data fetch mnist --from " + noBundle, 1, nil, "it is not a bundle"},
		{"fetch from and mirror", "data fetch mnist --from x --mirror http://x/", 2, nil, "--mirror means nothing"},
		{"bad mirror", "data fetch mnist --mirror x", 2, nil, "not an address"},
		{"bad attempts", "data fetch mnist --attempts -1", 2, nil, "negative"},
		{"bundle without out", "data bundle mnist", 2, nil, "--out is required"},
		{"bundle what is absent", "data bundle mnist --out " + filepath.Join(cache, "x.tar"), 1, nil, "put it at"},
		{"unbundle nothing", "data unbundle", 2, nil, "one bundle"},
		{"unbundle no bundle", "data unbundle " + noBundle, 1, nil, "it is not a bundle"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, stdout, stderr := inCache(cache, strings.Fields(tt.args)...)
			if status != tt.status || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("status %d, want %d; standard error %q should say %q", status, tt.status, stderr, tt.stderr)
			}
			for _, want := range tt.stdout {
				if !strings.Contains(squeeze(stdout), squeeze(want)) {
					t.Errorf("standard output lacks %q:\n%s", want, stdout)
				}
			}
		})
	}
}

// squeeze makes one space of many, as columns are as wide as temporary paths.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestDataDocuments(t *testing.T) {
	cache := t.TempDir()
	fill(t, cache, "cifar-10-binary.tar.gz", "not the archive")
	_, stdout, _ := inCache(cache, "data", "list", "--json")
	var inv catalog.Inventory
	if err := json.Unmarshal([]byte(stdout), &inv); err != nil || inv.Cache != cache || inv.Bytes != 15 || len(inv.Sets) < 5 || inv.Prepared == nil {
		t.Errorf("%v: %s", err, stdout)
	}
	status, stdout, _ := inCache(cache, "data", "verify", "--json")
	var checks []catalog.FileCheck
	if err := json.Unmarshal([]byte(stdout), &checks); err != nil || status != 1 || len(checks) != 1 || checks[0].State != catalog.Bad {
		t.Errorf("status %d, %v: %s", status, err, stdout)
	}
	_, stdout, _ = inCache(t.TempDir(), "data", "verify", "--json")
	if strings.TrimSpace(stdout) != "[]" {
		t.Errorf("nothing to verify is %s", stdout)
	}
}
