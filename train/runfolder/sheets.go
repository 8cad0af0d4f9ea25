package runfolder

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"repbench/internal/jsonfile"
)

// Limits on what is read.
const (
	maxSheetBytes = 32 << 20
	maxSheetSide  = 8192 // pixels
	maxSheets     = 100_000
)

// Sample is a sample sheet that a training wrote.
type Sample struct {
	// Step is the training step in the file name, -1 if it has none.
	Step int64
	// PNG is the sheet, encoded again as a PNG file.
	PNG []byte
	// W and H are the size in pixels.
	W, H int
}

// ReadSamples reads the first, the middle and the last sheet of a folder of PNG files named by
// their step (step-0000500.png); it returns none if the folder does not exist.
func ReadSamples(dir string) ([]Sample, error) {
	names, err := filepath.Glob(filepath.Join(globEscape(dir), "*.png"))
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	if len(names) > maxSheets {
		return nil, fmt.Errorf("%s holds %d pictures; at most %d are read", dir, len(names), maxSheets)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(stepOf(a), stepOf(b)), cmp.Compare(a, b))
	})
	var out []Sample
	for _, i := range spread(len(names)) {
		s, err := readSample(names[i])
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// SheetSteps are the steps of the sample sheets of a run, in ascending order.
func SheetSteps(run string) ([]int64, error) {
	entries, err := os.ReadDir(filepath.Join(run, samplesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []int64
	for _, e := range entries {
		if step := stepOf(e.Name()); step >= 0 && e.Type().IsRegular() && len(out) < maxSheets {
			out = append(out, step)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// ReadSheet reads the sample sheet of a step.
func ReadSheet(run string, step int64) (Sample, error) { return readSample(Sheet(run, step)) }

// globEscape quotes a folder name so that it is not interpreted as a pattern.
func globEscape(dir string) string {
	return regexp.MustCompile(`[*?\[\]\\]`).ReplaceAllString(dir, `\$0`)
}

// spread returns the first, the middle and the last of n places, without repetition.
func spread(n int) []int {
	if n == 0 {
		return nil
	}
	return slices.Compact([]int{0, n / 2, n - 1})
}

var digits = regexp.MustCompile(`(\d+)\.png$`)

// stepOf returns the number at the end of a sheet's file name, or -1.
func stepOf(path string) int64 {
	m := digits.FindStringSubmatch(filepath.Base(path))
	if m == nil {
		return -1
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func readSample(path string) (Sample, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxSheetBytes {
		return Sample{}, fmt.Errorf("sample %s has %d bytes; at most %d are read", path, info.Size(), maxSheetBytes)
	}
	b, err := jsonfile.ReadSmall(path, maxSheetBytes)
	if err != nil {
		return Sample{}, fmt.Errorf("read sample: %w", err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return Sample{}, fmt.Errorf("sample %s is not a PNG file: %w", path, err)
	}
	if c.Width > maxSheetSide || c.Height > maxSheetSide {
		return Sample{}, fmt.Errorf("sample %s has %d×%d pixels; at most %d per side are read", path, c.Width, c.Height, maxSheetSide)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return Sample{}, fmt.Errorf("sample %s is damaged: %w", path, err)
	}
	// Encode again, so that the report receives pixels only.
	var clean bytes.Buffer
	if err := png.Encode(&clean, img); err != nil {
		return Sample{}, fmt.Errorf("sample %s: %w", path, err)
	}
	return Sample{Step: stepOf(path), PNG: clean.Bytes(), W: c.Width, H: c.Height}, nil
}
