// Package cache lists and prunes the recomputable part of the cache folder: extracted
// features, statistics of generators, inversions, neighbours found in the search for copies, fitted detectors
// of shapes, finished draws of few labels, and supervised searches, each a folder CACHE/KIND/KEY. It never touches data sets. Uses
// protect the folders that a process makes or reads.
package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Kinds are the folders of the cache folder whose subfolders are listed.
var Kinds = []string{"features", "fewshot", "generator", "inversions", "memorisation", "nnc", "quality", "scene", "supervised"}

const (
	// lockName is the file that a process holds locked while it writes a folder.
	lockName = ".lock"
	// doomed is the prefix of the name of a folder that is being removed. The folder is renamed
	// first, so that a half-removed folder is never taken for a whole one.
	doomed = ".removed-"
)

// Entry is one folder of derived data.
type Entry struct {
	Kind  string    `json:"kind"`  // an element of Kinds
	Path  string    `json:"path"`  // of the folder
	Bytes int64     `json:"bytes"` // size of the files in it
	Used  time.Time `json:"used"`  // last use, or last change of a file in it
}

// Touch records that the folder was used now.
func Touch(dir string) {
	now := time.Now()
	_ = os.Chtimes(dir, now, now)
}

// List returns the folders of derived data in the cache folder, the longest unused one first.
func List(cache string) ([]Entry, error) {
	entries := []Entry{}
	for _, kind := range Kinds {
		dirs, err := os.ReadDir(filepath.Join(cache, kind))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, d := range dirs {
			if d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
				entries = append(entries, measure(kind, filepath.Join(cache, kind, d.Name())))
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.Used.Compare(b.Used), strings.Compare(a.Path, b.Path))
	})
	return entries, nil
}

// measure adds up the files of a folder that can be read.
func measure(kind, path string) Entry {
	e := Entry{Kind: kind, Path: path}
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		if info.Mode().IsRegular() {
			e.Bytes += info.Size()
		}
		if info.ModTime().After(e.Used) {
			e.Used = info.ModTime()
		}
		return nil
	})
	return e
}

// Policy decides which folders are removed.
type Policy struct {
	// UnusedSince removes folders last used before this time; zero means none.
	UnusedSince time.Time
	// MaxBytes removes the longest unused folders until the size of the rest is at most
	// MaxBytes; negative means no limit.
	MaxBytes int64
	// DryRun removes nothing and returns what would be removed.
	DryRun bool
}

// Pruned is the outcome of Prune.
type Pruned struct {
	// Removed are the folders that were removed.
	Removed []Entry `json:"removed"`
	// InUse are the folders that were not removed because a process, maybe this one, uses them.
	InUse []Entry `json:"in_use"`
	// Bytes is the size of the removed folders.
	Bytes int64 `json:"bytes"`
	// LeftBytes is the size of the remaining folders.
	LeftBytes int64 `json:"left_bytes"`
}

// Prune removes folders of derived data from the cache folder. On an error, the result
// describes what was done before it.
func Prune(ctx context.Context, cache string, p Policy) (Pruned, error) {
	done := Pruned{Removed: []Entry{}, InUse: []Entry{}}
	entries, err := List(cache)
	if err != nil {
		return done, err
	}
	if !p.DryRun {
		sweep(cache)
	}
	for _, e := range entries {
		done.LeftBytes += e.Bytes
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		tooMuch := p.MaxBytes >= 0 && done.LeftBytes > p.MaxBytes
		if !tooMuch && !e.Used.Before(p.UnusedSince) {
			continue
		}
		free, err := remove(e.Path, p.DryRun)
		switch {
		case errors.Is(err, fs.ErrNotExist): // another process removed it
			done.LeftBytes -= e.Bytes
			continue
		case err != nil:
			return done, fmt.Errorf("remove %s: %w", e.Path, err)
		case !free:
			done.InUse = append(done.InUse, e)
			continue
		}
		done.Removed = append(done.Removed, e)
		done.Bytes += e.Bytes
		done.LeftBytes -= e.Bytes
	}
	return done, nil
}

// remove removes a folder unless a process uses it or holds one of the locks in it.
func remove(path string, dry bool) (free bool, err error) {
	mine, err := alone(useFile(path))
	if err != nil || mine == nil {
		return false, err
	}
	defer retire(mine)
	release, free, err := lockAll(path)
	defer release()
	if err != nil || !free || dry {
		return free, err
	}
	dir, name := filepath.Split(path)
	gone := filepath.Join(dir, doomed+name)
	if err := os.RemoveAll(gone); err != nil {
		return false, err
	}
	if err := os.Rename(path, gone); err != nil {
		return false, err
	}
	return true, os.RemoveAll(gone)
}

// lockAll takes all locks in a folder, so that no other process begins to write to it.
func lockAll(path string) (release func(), free bool, err error) {
	var held []*flock.Flock
	release = func() {
		for _, l := range held {
			l.Close()
		}
	}
	free = true
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != lockName || !d.Type().IsRegular() {
			return err
		}
		l := flock.New(name)
		ok, err := l.TryLock()
		if err == nil && ok {
			held = append(held, l)
		}
		free = free && ok
		return err
	})
	return release, free, err
}

// sweep removes what an interrupted Prune, or a process that was killed, left behind.
func sweep(cache string) {
	for _, kind := range Kinds {
		left, _ := filepath.Glob(filepath.Join(cache, kind, doomed+"*"))
		for _, dir := range left {
			os.RemoveAll(dir)
		}
	}
	left, _ := filepath.Glob(filepath.Join(cache, usesDir, "*"))
	for _, file := range left {
		clean(file)
	}
}
