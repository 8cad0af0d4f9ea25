package runfolder

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/internal/jsonfile"
)

// Limits of a Follower.
const (
	// MaxPoints is the most lines without measurements that a Follower keeps.
	MaxPoints = 500
	// followChunk is read at once, maxFollow in one call of Next.
	followChunk = 256 << 10
	maxFollow   = 256 << 20
	// maxMeasured bounds the lines with measurements, of which all are kept; beyond, each second one goes.
	maxMeasured = 2000
	// maxMetricsLine bounds a line.
	maxMetricsLine = 64 << 10
)

// Follower reads the metrics.jsonl of a run that may be training, and goes on where it stopped. Of a
// long file it keeps every second, fourth, … line, so that no more than MaxPoints are there, and each
// line with something that was measured in the course of the training.
type Follower struct {
	// Lines is the number of whole lines that were seen, Damaged the number of lines among them that are no logged step.
	Lines, Damaged int
	// Torn says that the file ends in a part of a line, which is left out until it is whole.
	Torn bool
	// Read is the number of bytes that were read in all.
	Read int64

	path     string
	file     fs.FileInfo // of the last look
	offset   int64       // of the first byte that was not taken
	every    int         // each how many lines one is kept
	points   []Metrics   // by ascending step
	measured []Metrics
}

// Follow begins to follow the metrics.jsonl of a run folder, which need not exist yet. Nothing is read.
func Follow(run string) *Follower {
	return &Follower{path: filepath.Join(run, metricsFile), every: 1}
}

// Next reads what is new. A file that was replaced or became shorter, as when a training goes on from
// a checkpoint, is read from its beginning.
func (f *Follower) Next() error {
	file, err := jsonfile.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.reset()
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if f.file != nil && (!os.SameFile(f.file, info) || info.Size() < f.offset) {
		f.reset()
	}
	f.file = info
	return f.take(file)
}

func (f *Follower) reset() { *f = Follower{path: f.path, every: 1, Read: f.Read} }

// take reads from the offset to the end of the file.
func (f *Follower) take(file io.ReaderAt) error {
	buffer := make([]byte, 0, followChunk)
	for total := int64(0); total < maxFollow; {
		n, err := file.ReadAt(buffer[len(buffer):cap(buffer)], f.offset+int64(len(buffer)))
		f.Read += int64(n)
		total += int64(n)
		buffer = buffer[:len(buffer)+n]
		rest := buffer
		for {
			line, after, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			f.line(line)
			f.offset += int64(len(line) + 1)
			rest = after
		}
		if len(rest) > maxMetricsLine { // no line of a training; its end is looked for
			f.offset += int64(len(rest))
			rest = nil
		}
		buffer = append(buffer[:0], rest...)
		f.Torn = len(buffer) > 0
		if errors.Is(err, io.EOF) || n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// line takes a whole line. Of a line that is not kept only the first and last byte are looked at.
func (f *Follower) line(text []byte) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return
	}
	keep := f.Lines%f.every == 0
	f.Lines++
	if len(text) > maxMetricsLine || text[0] != '{' || text[len(text)-1] != '}' {
		f.Damaged++
		return
	}
	measured := hasMeasured(text)
	if !keep && !measured && !bytes.Contains(text, []byte("NaN")) {
		return
	}
	var m Metrics
	if json.Unmarshal(text, &m) != nil {
		f.Damaged++
		return
	}
	if keep {
		f.points = add(f.points, m)
		if len(f.points) > MaxPoints {
			f.points, f.every = halve(f.points), 2*f.every
		}
	}
	if measured {
		if f.measured = add(f.measured, m); len(f.measured) > maxMeasured {
			f.measured = halve(f.measured)
		}
	}
}

// hasMeasured reports whether a line may hold something that was measured.
func hasMeasured(text []byte) bool {
	for _, name := range [][]byte{[]byte(`"nnd_`), []byte(`"nnc_`), []byte(`"frechet`)} {
		if bytes.Contains(text, name) {
			return true
		}
	}
	return false
}

// add adds a line; lines of a later step, which a training that was resumed wrote before, go.
func add(all []Metrics, m Metrics) []Metrics {
	for len(all) > 0 && all[len(all)-1].Step > m.Step {
		all = all[:len(all)-1]
	}
	return append(all, m)
}

// halve keeps the first, third, … line.
func halve(all []Metrics) []Metrics {
	kept := all[:0]
	for i := 0; i < len(all); i += 2 {
		kept = append(kept, all[i])
	}
	return kept
}

// Points are the lines that were kept, by ascending step.
func (f *Follower) Points() []Metrics { return f.points }

// Measured are the lines with measurements, by ascending step.
func (f *Follower) Measured() []Metrics { return f.measured }

// Every is each how many lines one is kept.
func (f *Follower) Every() int { return f.every }
