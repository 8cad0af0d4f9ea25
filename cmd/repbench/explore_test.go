package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exploring runs explore until the test ends, and returns the address of its page.
func exploring(t *testing.T, args ...string) string {
	url, _ := onPage(t, append([]string{"explore", "--backend", "cpu", "--cache", t.TempDir(), "--offline", "-q"}, args...)...)
	return url
}

// The command prints the address, serves the page, and ends without an error when it is interrupted.
func TestExplore(t *testing.T) {
	url := exploring(t, "random:svhn32,width=2")
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 || !strings.Contains(string(text), "<title>repbench explore") {
		t.Errorf("status %d, %.200s, %v", answer.StatusCode, text, err)
	}
}

func TestExploreErrors(t *testing.T) {
	dir := t.TempDir()
	notes := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notes, []byte("not boxes"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args, want string
		status     int
	}{
		{"", "one run folder", 2},
		{"random:svhn32,width=1 --port 70000", "0 to 65535", 2},
		{"random:svhn32,width=1 --samples 500", "1 to 128", 2},
		{"pixels", "no DCGAN", 2},
		{"random:svhn32,width=1 --boxes " + notes, "would be overwritten", 1},
		{"random:svhn32,width=1 --boxes " + filepath.Join(dir, "none", "b.json"), "none", 1},
		{"random:svhn32,width=1 --z " + filepath.Join(dir, "none.npy"), "none.npy", 1},
	} {
		status, _, stderr := cli(t, append([]string{"explore"}, strings.Fields(tt.args)...)...)
		if status != tt.status || !strings.Contains(stderr, tt.want) {
			t.Errorf("explore %s: status %d, %s; want %d and %q", tt.args, status, stderr, tt.status, tt.want)
		}
	}
	if text, err := os.ReadFile(notes); err != nil || string(text) != "not boxes" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}
