package record

import (
	"runtime"
	"strings"

	"repbench/internal/simd"
	"repbench/internal/version"
)

// Fingerprint is what can change the last digits of a number: results of equal
// fingerprints, inputs and seeds are equal.
type Fingerprint struct {
	// Program and Commit say which program computed; Modified, that its source was
	// changed since the commit.
	Program  string `json:"program"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified,omitempty"`
	// Backend computed the features or the network, "" where there was none.
	Backend string `json:"backend,omitempty"`
	// Platform is the operating system and the processor, SIMD the vector instructions
	// in use: "linux/amd64", "avx512".
	Platform string `json:"platform"`
	SIMD     string `json:"simd"`
}

// ThisProgram is the fingerprint of the running program with a backend.
func ThisProgram(backend string) *Fingerprint {
	commit, modified := strings.CutSuffix(version.Commit(), version.Modified)
	return &Fingerprint{
		Program: version.Version, Commit: commit, Modified: modified, Backend: backend,
		Platform: runtime.GOOS + "/" + runtime.GOARCH, SIMD: simd.Level().String(),
	}
}
