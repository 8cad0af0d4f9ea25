package duplicates

import "errors"

// ErrOptions is wrapped by errors about options that make no sense; a command
// answers them as wrong usage.
var ErrOptions = errors.New("options of the search for duplicates")
