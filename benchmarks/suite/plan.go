package suite

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
)

// readPlan reads a plan.jsonl; one that is not there is empty.
func readPlan(path string) ([]Cell, error) {
	file, err := jsonfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var cells []Cell
	seen := map[string]bool{}
	err = jsonfile.EachLine(file, path, func(_ int, c Cell) error {
		switch {
		case c.Index != len(cells):
			return fmt.Errorf("the cell has the index %d, want %d: the lines of a plan are never changed or removed", c.Index, len(cells))
		case !isID(c.ID) || c.Training != "" && !isID(c.Training):
			return fmt.Errorf("the id of a cell or a training is 16 hexadecimal digits, not %.40q and %.40q", c.ID, c.Training)
		case seen[c.ID]:
			return fmt.Errorf("the cell %s is there twice", c.ID)
		case len(cells) == maxCells:
			return fmt.Errorf("more than %d cells", maxCells)
		}
		seen[c.ID] = true
		cells = append(cells, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w; restore the file from a copy, or give a new folder", err)
	}
	return cells, nil
}

// isID reports whether a text is an identity. IDs are parts of paths.
func isID(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == 8
}

// writePlan writes a plan.jsonl.
func writePlan(path string, cells []Cell) error {
	var b bytes.Buffer
	for _, c := range cells {
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	return atomicfile.WriteFile(path, b.Bytes(), 0o644)
}

// hashJSON is the SHA-256 of the JSON of a value, in hexadecimal.
func hashJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}
