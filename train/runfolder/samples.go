package runfolder

import (
	"fmt"
	"os"
	"path/filepath"
)

// MakeSamples creates the folder of the sample sheets.
func (f *Folder) MakeSamples() error { return os.MkdirAll(filepath.Join(f.dir, samplesDir), 0o755) }

// Sheet returns the path of the sample sheet of a step in a run folder.
func Sheet(run string, step int64) string {
	return filepath.Join(run, samplesDir, fmt.Sprintf("step-%07d.png", step))
}
