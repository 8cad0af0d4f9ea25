package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// A command that was interrupted and can go on exits with 75, and the same command
// goes on; one that failed for another reason exits with 1, whenever it was.
func TestInterruptedStatus(t *testing.T) {
	dir := t.TempDir()
	train := []string{"train", "-q", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=40,test=20", "--steps", "2", "--batch", "8",
		"--backend", "cpu", "--cache", filepath.Join(dir, "cache"), "--out", filepath.Join(dir, "run")}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs strings.Builder
	if status := run(cancelled, train, &out, &errs); status != statusInterrupted || !strings.Contains(errs.String(), "interrupted") && !strings.Contains(errs.String(), "canceled") {
		t.Errorf("status %d, want %d; standard error %q", status, statusInterrupted, errs.String())
	}
	if status := run(context.Background(), train, &out, &errs); status != 0 {
		t.Errorf("the same command does not go on: status %d, %s", status, errs.String())
	}
	images, near := filepath.Join(dir, "images.npy"), filepath.Join(dir, "near")
	if err := npy.Write(images, []int{3, 5, 5, 1}, make([]uint8, 75)); err != nil {
		t.Fatal(err)
	}
	search := []string{"neighbours", "-q", "--queries", images, "--base", images, "--metric", "pixels", "--k", "1", "--out", near}
	errs.Reset()
	if status := run(cancelled, search, &out, &errs); status != statusInterrupted || !strings.Contains(errs.String(), "interrupted after 0 of 3 queries; the same command goes on") {
		t.Errorf("status %d, want %d; standard error %q", status, statusInterrupted, errs.String())
	}
	if status := run(context.Background(), search, &out, &errs); status != 0 {
		t.Errorf("the same search does not go on: status %d, %s", status, errs.String())
	}
	if status := run(cancelled, []string{"report", filepath.Join(dir, "absent"), "--out", filepath.Join(dir, "report")}, &out, &errs); status != statusFailed {
		t.Errorf("a failure is status %d, want %d", status, statusFailed)
	}
}

func TestVersion(t *testing.T) {
	var out, errs strings.Builder
	if status := run(context.Background(), []string{"--version"}, &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	for _, want := range []string{"repbench version ", "commit ", "CPU backend cpu+"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not say %q", out.String(), want)
		}
	}
}

// TestTold: after Ctrl-C an error without a next step gets one; other errors keep their words.
func TestTold(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, tt := range []struct {
		ctx  context.Context
		err  error
		want string
	}{
		{cancelled, context.Canceled, "interrupted; give the same command again: it uses what was finished"},
		{cancelled, fmt.Errorf("read mnist: %w", context.Canceled), "interrupted: read mnist; give the same command again: it uses what was finished"},
		{cancelled, fmt.Errorf("interrupted at step 3; the same command goes on: %w", context.Canceled), "interrupted at step 3; the same command goes on: context canceled"},
		{cancelled, errors.New("no such file"), "no such file"},
		{context.Background(), context.Canceled, "context canceled"},
	} {
		if got := told(tt.ctx, tt.err); got != tt.want {
			t.Errorf("%v is told as %q, want %q", tt.err, got, tt.want)
		}
	}
}

// TestFilesInPlaceOfFolders: a file where a folder belongs is named with its flag or its role, and stays.
func TestFilesInPlaceOfFolders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keep.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status int
		args   []string
		want   string
	}{
		{2, []string{"cache", "list", "--cache", file}, "--cache " + file + " is a file, not a folder"},
		{1, []string{"train", "-q", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=8,test=4", "--steps", "1", "--batch", "4", "--cache", t.TempDir(), "--out", file}, file + " is a file, and a training is a folder; give the name of a new folder"},
	} {
		status, _, stderr := cli(t, tt.args...)
		if status != tt.status || !strings.Contains(stderr, tt.want) {
			t.Errorf("%v: status %d, %s", tt.args, status, stderr)
		}
		if text, err := os.ReadFile(file); string(text) != "mine" {
			t.Errorf("%v: the file holds %q, %v", tt.args, text, err)
		}
	}
}
