package benchmarks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/plant"
	"repbench/features"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
	"repbench/reports/record"
	"repbench/vis/sheet"
)

// Files of a folder of memorisation, beside the sheets of pairs and the records.
const (
	// MemorisationFile holds the result.
	MemorisationFile = "result.json"
	// ScoresFile holds a line for each generated image.
	ScoresFile = "scores.jsonl"
)

// pairSheets are the sheets of pairs with what stands above them.
var pairSheets = []struct {
	file, title string
	groups      func(group string) bool
}{
	{"pairs_suspicious.png", "The most suspicious images", func(g string) bool { return g == memorisation.GroupSuspicious }},
	{"pairs_spaced.png", "Images evenly spaced by suspicion", func(g string) bool { return g == memorisation.GroupSpaced }},
	{"pairs_controls.png", "Planted copies: what this setting sees", func(g string) bool {
		return slices.Contains(plant.CopyKinds(), plant.CopyKind(g))
	}},
	{"pairs_null.png", "Held-out images with a near duplicate among the training images", func(g string) bool { return g == memorisation.GroupNull }},
}

// ownsMemorisation reports whether a file is one of a folder of memorisation.
func ownsMemorisation(name string) bool {
	for _, s := range pairSheets {
		if name == s.file {
			return true
		}
	}
	return slices.Contains([]string{MemorisationFile, ScoresFile, record.FileName}, name)
}

// holdsMemorisation reports whether the result in a folder is one of memorisation. Others name
// files result.json, too.
func holdsMemorisation(dir string) bool {
	var r memorisation.Result
	return jsonfile.Read(filepath.Join(dir, MemorisationFile), &r) == nil && r.TrainRows > 0 && r.Metric != ""
}

// checkOutputs says, before any work, why a file cannot be written, and sets the file of records
// of a folder.
func (o Memorisation) checkOutputs(c *Cell, m Machine) error {
	dir := c.Source.Folder
	if dir != "" {
		parts := func(name string) bool {
			return ownsMemorisation(name) && (name != MemorisationFile || holdsMemorisation(dir))
		}
		if err := outputs.Foreign(dir, "a folder of memorisation", parts); err != nil {
			return err
		}
		if c.Records == "" {
			c.Records = filepath.Join(dir, record.FileName)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	r := c.Source.reads(m).And(features.Reads(o.Generated.Run)).And(features.Reads(o.With)).With(strings.Split(o.Cells, ",")...)
	for _, path := range []string{o.Generated.Path, o.Train, o.Null} {
		r = r.With(path)
		if isFolder(path) { // of pictures
			r = r.And(datasets.Reads("folder:"+path, datasets.Options{}))
		}
	}
	return CheckFiles(r, outputs.File{Flag: "--record", Path: c.Records}, outputs.File{Flag: "the file of scores", Path: o.Scores})
}

// writeMemorisation writes the result, the scores and the sheets of pairs to a folder; "": none.
func writeMemorisation(dir string, r *memorisation.Result) error {
	if dir == "" {
		return nil
	}
	for _, s := range pairSheets {
		if err := writePairs(filepath.Join(dir, s.file), s.title, s.groups, r); err != nil {
			return err
		}
	}
	if err := writeScores(filepath.Join(dir, ScoresFile), r); err != nil {
		return err
	}
	return jsonfile.Write(filepath.Join(dir, MemorisationFile), r)
}

// writePairs draws the examples of some groups; a sheet of an earlier run that would have none
// is removed.
func writePairs(path, title string, of func(group string) bool, r *memorisation.Result) error {
	var rows []sheet.PairRow
	for _, e := range r.Examples {
		if of(e.Group) {
			rows = append(rows, pairRow(e, r))
		}
	}
	if len(rows) == 0 {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	}
	img, err := sheet.DrawPairs(rows, sheet.PairOptions{Title: title, Note: pairNote(r), Heads: pairHeads})
	if err != nil {
		return err
	}
	return sheet.WritePNG(path, img)
}

// scoreLine is a line of ScoresFile.
type scoreLine struct {
	// Image is the number of the generated image.
	Image int `json:"image"`
	// Score is its score; null: infinite.
	Score *float64 `json:"score"`
	// P is its p-value.
	P float64 `json:"p"`
	// Train is the row of the nearest training image.
	Train int32 `json:"train"`
	// Mirrored and Offset say how it matched.
	Mirrored bool   `json:"mirrored"`
	Offset   [2]int `json:"offset"`
}

// writeScores writes a line for each generated image; "" is no file.
func writeScores(path string, r *memorisation.Result) error {
	if path == "" {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for i := range r.Images {
		f := r.Images[i]
		line := scoreLine{Image: f.Image, Score: &f.Score, P: f.P, Train: f.Train, Mirrored: f.Mirrored, Offset: f.Offset}
		if math.IsInf(f.Score, 0) {
			line.Score = nil
		}
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return atomicfile.WriteFile(path, b.Bytes(), 0o644)
}
