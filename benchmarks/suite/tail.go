package suite

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxTail bounds what is read of the end of a log, in bytes.
const maxTail = 64 << 10

// LogTail are the last n lines of a cell's log.txt.
func (f *Folder) LogTail(c Cell, n int) []string {
	file, err := os.Open(filepath.Join(f.Path(c), logFile))
	if err != nil {
		return nil
	}
	defer file.Close()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil
	}
	start := max(0, size-maxTail)
	text, err := io.ReadAll(io.NewSectionReader(file, start, size-start))
	if err != nil {
		return nil
	}
	if start > 0 {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines[max(0, len(lines)-n):]
}
