package record

// Limits of what is read, far above any real use, so that a wrong or hostile
// file is an error and not a machine out of memory.
const (
	maxRecords = 10_000
	maxDraws   = 100_000
	// MaxClasses, MaxCosts and MaxMistakes are the most classes, stages and
	// mistakes of a record.
	MaxClasses  = 2_000
	MaxCosts    = 32
	MaxMistakes = 100
	// MaxPNGBytes and MaxPNGSide bound the picture of a mistake, in bytes and in
	// pixels of a side.
	MaxPNGBytes = 64 << 10
	MaxPNGSide  = 128
)
