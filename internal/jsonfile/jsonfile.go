// Package jsonfile reads and writes small JSON files; errors name the file.
package jsonfile

import (
	"encoding/json"
	"fmt"
	"os"

	"repbench/internal/atomicfile"
)

// maxBytes bounds what Read takes into memory: these files hold settings.
const maxBytes = 64 << 20

// Write writes v, indented, whole or not at all.
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
		return fmt.Errorf("read %s: %d bytes are more than such a file holds", path, info.Size())
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
