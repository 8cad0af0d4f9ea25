package launch

import "errors"

// ErrOptions is the error for settings of an engine that are wrong; nothing was submitted.
var ErrOptions = errors.New("wrong settings of an engine")

// ErrEngine is the error for an engine's own command that is missing, fails, or answers what cannot
// be read. The suite's folder is as it was.
var ErrEngine = errors.New("an engine's command failed")

// ErrCancelled is the error for work that "bench cancel" ended; the same command goes on.
var ErrCancelled = errors.New("the jobs were cancelled")
