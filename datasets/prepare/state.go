package prepare

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"repbench/datasets"
	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
)

// workFolder holds an unfinished preparation, inside its folder.
const (
	workFolder = ".prepare"
	stateFile  = "state.json"
	lockFile   = ".lock"
)

// identity is what must agree when a run is resumed or found to be finished.
type identity struct {
	Name        string `json:"name"`
	Source      string `json:"source"`
	Fingerprint string `json:"fingerprint"`
	Sizes       []int  `json:"sizes"`
	Filter      string `json:"filter"`
	Decode      string `json:"decode"`
	ExifRotate  bool   `json:"exif_rotate,omitempty"`
	Channels    int    `json:"channels,omitempty"` // 0 in files of versions without the option
}

// state is the progress of a run. It is written after the pixels of the first Done images are
// on disk.
type state struct {
	identity
	Version int        `json:"version"`
	Done    int        `json:"done"`
	Bad     []badImage `json:"bad"`
	// Oriented counts the images with an EXIF orientation other than upright.
	Oriented int `json:"exif_oriented,omitempty"`
	// Finishing reports that all images are done and final files may exist.
	Finishing bool `json:"finishing"`
}

// badImage is an image that cannot be made at one size, or at any size (Size 0), with its
// position in its split.
type badImage struct {
	datasets.BadImage
	Pos  int `json:"pos"`
	Size int `json:"size,omitempty"`
}

// at reports whether the image is missing at size n.
func (b badImage) at(n int) bool { return b.Size == 0 || b.Size == n }

// badAt returns the bad images of one size.
func (s *state) badAt(n int) (out []badImage) {
	for _, b := range s.Bad {
		if b.at(n) {
			out = append(out, b)
		}
	}
	return out
}

// target is the folder that is written.
type target struct {
	dir  string
	lock *flock.Flock
}

func (t target) work(elem ...string) string {
	return filepath.Join(append([]string{t.dir, workFolder}, elem...)...)
}

// folder returns the folder of the prepared set of one size.
func (t target) folder(o Options, n int) string {
	if len(o.Sizes) == 1 {
		return t.dir
	}
	return filepath.Join(t.dir, fmt.Sprint(n))
}

// openTarget creates the folder if it is absent, and locks it.
func openTarget(dir string) (target, error) {
	if dir == "" {
		return target{}, fmt.Errorf("%w: the name of the folder is empty", ErrOptions)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return target{}, err
	}
	t := target{dir: dir, lock: flock.New(filepath.Join(dir, lockFile))}
	switch ok, err := t.lock.TryLock(); {
	case err != nil:
		return t, fmt.Errorf("lock folder %s: %w", dir, err)
	case !ok:
		return t, fmt.Errorf("folder %s is in use by another process", dir)
	}
	return t, nil
}

// close releases the folder.
func (t target) close() { t.lock.Unlock() }

// finished returns the manifests of a finished run, nil if there is none.
func (t target) finished(id identity, o Options) ([]*datasets.Manifest, error) {
	var out []*datasets.Manifest
	for _, n := range o.Sizes {
		m, err := datasets.ReadManifest(t.folder(o, n))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w, or remove %s first", err, t.dir)
		}
		was := identity{m.Name, m.Source, m.Fingerprint, id.Sizes, m.Filter, m.Decode, m.ExifRotate, m.Channels}
		if m.Size != n {
			was.Sizes = []int{m.Size}
		}
		if err := was.agree(id, t.dir); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, os.RemoveAll(t.work())
}

// resume returns the state of an interrupted run, or the state of a new one. A folder with
// other files in it is refused. own is the number of channels of the set without the option.
func (t target) resume(id identity, own int) (*state, error) {
	s := new(state)
	err := jsonfile.Read(t.work(stateFile), s)
	if errors.Is(err, fs.ErrNotExist) {
		return &state{identity: id, Version: datasets.ManifestVersion}, t.begin()
	}
	if err != nil {
		return nil, fmt.Errorf("%w; the state of a preparation that was stopped is damaged: remove %s to begin it again", err, t.work())
	}
	if s.Version != datasets.ManifestVersion || s.Done < 0 {
		return nil, fmt.Errorf("%s: it is of another version of the program or damaged; remove %s", t.work(stateFile), t.work())
	}
	s.Channels = cmp.Or(s.Channels, own)
	return s, s.agree(id, t.dir)
}

// begin creates the work folder of a new run.
func (t target) begin() error {
	own := func(name string) bool { return name == lockFile || name == workFolder }
	if err := outputs.Foreign(t.dir, "this preparation", own); err != nil {
		return err
	}
	return os.MkdirAll(t.work(), 0o755)
}

// agree returns an error that names the differences between two preparations.
func (was identity) agree(id identity, dir string) error {
	var diff []string
	note := func(what, was, is string) {
		if was != is {
			diff = append(diff, fmt.Sprintf("the %s is %s, was %s", what, is, was))
		}
	}
	note("set", was.Name, id.Name)
	note("source", was.Source, id.Source)
	note("filter", was.Filter, id.Filter)
	note("decoding", was.Decode, id.Decode)
	note("number of channels", fmt.Sprint(was.Channels), fmt.Sprint(id.Channels))
	onOff := map[bool]string{true: "on", false: "off"}
	note("EXIF rotation", onOff[was.ExifRotate], onOff[id.ExifRotate])
	if !slices.Equal(was.Sizes, id.Sizes) {
		note("size", fmt.Sprint(was.Sizes), fmt.Sprint(id.Sizes))
	}
	if len(diff) == 0 && was.Fingerprint != id.Fingerprint {
		diff = append(diff, "the names or labels of its images have changed")
	}
	if len(diff) > 0 {
		return fmt.Errorf("%s: %w: %s; use another folder, or the same options", dir, ErrDiffers, strings.Join(diff, "; "))
	}
	return nil
}
