package runfolder

import (
	"path/filepath"
	"strings"

	"repbench/internal/outputs"
	"repbench/internal/tfevents"
)

// owns reports whether a name is that of a file or folder of a run folder.
func owns(name string) bool {
	switch name {
	case configFile, metricsFile, logFile, lockFile, samplesDir, checkpointDir, bestDir:
		return true
	}
	return strings.HasPrefix(name, tfevents.Prefix)
}

// mayHold reports whether a folder that becomes a run folder may hold an entry: its own, the
// hidden ones of a process that was killed, and the results and the state of a search.
func mayHold(name string) bool {
	switch name {
	case "records.jsonl", "trials.json", "result.json", "correct.npy":
		return true
	}
	return owns(name) || strings.HasPrefix(name, ".")
}

// Protects returns an error wrapping outputs.ErrTaken if path, an output that what names, is a
// file of a run folder: one of its own files, a file of a checkpoint or a sample sheet.
func Protects(what, path string) error {
	const kind = "run folder"
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path // which is new
	}
	dir := filepath.Dir(real)
	if Is(dir) {
		return outputs.Belongs(what, real, dir, kind, owns)
	}
	above := filepath.Dir(dir)
	if filepath.Base(dir) == samplesDir && Is(above) {
		return outputs.Belongs(what, real, dir, kind, func(name string) bool { return stepOf(name) >= 0 })
	}
	if StepOf(dir) >= 0 && (filepath.Base(above) == checkpointDir || filepath.Base(above) == bestDir) {
		return outputs.Belongs(what, real, dir, kind, func(string) bool { return true })
	}
	return nil
}
