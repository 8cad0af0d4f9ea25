package reports

// Limits of what is read, far above any real use, so that a wrong or hostile
// file is an error and not a machine out of memory.
const (
	maxRecords    = 10_000
	maxClasses    = 2_000
	maxCosts      = 32
	maxDraws      = 100_000
	maxMistakes   = 100
	maxThumbBytes = 64 << 10 // one picture of a mistake
	maxThumbSide  = 128      // pixels
)
