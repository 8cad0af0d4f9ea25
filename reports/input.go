package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/features/store"
	"repbench/reports/internal/results"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// Input is what a report is made from.
type Input struct {
	// Records are the results, of any kind but Training.
	Records []record.Record
	// Runs are the trainings.
	Runs []Run
	// Notices are remarks about the reading that a reader of the report should
	// know.
	Notices []string

	// pictures are the pictures of figures that were found, by their SHA-256.
	pictures map[string][]byte
}

// Load reads what the paths name: a run folder (with config.json, and the
// records.jsonl of results on that run where there is one), a folder with a
// records.jsonl, or a .jsonl file. A record that is found twice counts once;
// two records that share an ID and differ are both kept and noted. The order
// of the paths does not matter. Errors name the path, and the line of a file.
func Load(paths []string) (*Input, error) {
	if len(paths) == 0 {
		return nil, errors.New("nothing to report: name a run folder, a features folder or a records.jsonl")
	}
	in := &Input{}
	all := cleaned(paths)
	for _, p := range all {
		if err := in.load(p); err != nil {
			return nil, fmt.Errorf("%w%s", err, othersOf(all, p))
		}
	}
	return in.sorted()
}

// cleaned is every path once.
func cleaned(paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, filepath.Clean(p))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// othersOf names the command that reports the other paths, where one cannot be read and some of
// the others hold results or a run; "" where none does.
func othersOf(paths []string, bad string) string {
	var good []string
	for _, p := range paths {
		if p != bad && (runfolder.Is(p) || exists(filepath.Join(p, record.FileName)) || filepath.Ext(p) == ".jsonl" && exists(p)) {
			good = append(good, p)
		}
	}
	if len(good) == 0 {
		return ""
	}
	out := fmt.Sprintf("; to report the rest: repbench report %s --out DIR", strings.Join(good, " "))
	if holds := filepath.Join(good[0], record.FileName); exists(holds) && !runfolder.Is(good[0]) {
		out += fmt.Sprintf(" (%s holds results)", holds)
	}
	return out
}

// load reads one path into in.
func (in *Input) load(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist; name a run folder, a features folder or a records.jsonl", path)
	}
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if !info.IsDir() {
		if filepath.Ext(path) != ".jsonl" {
			return fmt.Errorf("%s is neither a folder nor a .jsonl file", path)
		}
		return in.loadRecords(path)
	}
	isRun, hasRecords := runfolder.Is(path), exists(filepath.Join(path, record.FileName))
	if !isRun && !hasRecords {
		if err := runfolder.Lost(path); err != nil {
			return err
		}
		if store.Is(path) {
			return fmt.Errorf("%s holds features and no %s (results); evaluate them first: repbench eval linear --features %s", path, record.FileName, path)
		}
		return fmt.Errorf("%s holds neither config.json (a run) nor %s (results); evaluate it first", path, record.FileName)
	}
	if isRun {
		r, notices, err := loadRun(path)
		if err != nil {
			return err
		}
		in.Runs = append(in.Runs, r)
		in.Notices = append(in.Notices, notices...)
	}
	if hasRecords {
		return in.loadRecords(filepath.Join(path, record.FileName))
	}
	return nil
}

// loadRecords reads a records.jsonl into in; a training that is known by its
// record alone is a run without curves.
func (in *Input) loadRecords(path string) error {
	recs, err := record.Read(path, results.Decode)
	if err != nil {
		return err
	}
	for _, r := range recs {
		if r.Kind() == results.KindTraining {
			in.Runs = append(in.Runs, Run{Name: strings.TrimPrefix(r.Encoder.Spec, "dcgan:"), Record: r})
		} else {
			in.Records = append(in.Records, r)
			in.loadPictures(filepath.Dir(path), r)
		}
	}
	return nil
}

// exists reports whether there is something at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
