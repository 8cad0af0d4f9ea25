package duplicates

import "errors"

// ErrOptions is wrapped by errors about invalid options; a command reports them as wrong usage.
var ErrOptions = errors.New("options of the search for duplicates")
