// Package jsonfile reads and writes small JSON files; errors name the file. It also brings JSON values into
// one form, in which they can be compared (Canonical).
package jsonfile

import (
	"encoding/json"
	"fmt"
	"os"

	"repbench/internal/atomicfile"
)

// maxBytes is the limit on the size of a file in Read: these files hold settings.
const maxBytes = 64 << 20

// Write writes v, indented and atomically.
func Write(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteFile(path, append(b, '\n'), 0o644)
}

// Read decodes the file into v.
func Read(path string, v any) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxBytes {
		return fmt.Errorf("read %s: it has %d bytes, more than such a file can hold", path, info.Size())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
