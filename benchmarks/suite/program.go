package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"

	"repbench/benchmarks/ledger"
	"repbench/internal/version"
	"repbench/reports/record"
)

// Program says which program computed something. Programs of one commit are the same program; where the
// tree was changed since its commit, only the same binary is.
type Program struct {
	Commit   string `json:"commit"`
	Modified bool   `json:"modified,omitempty"`
	// Binary is the beginning of the SHA-256 of the program's file where Modified; "": not known.
	Binary string `json:"binary,omitempty"`
}

// ThisProgram is the running program.
func ThisProgram() Program {
	f := record.ThisProgram("")
	p := Program{Commit: f.Commit, Modified: f.Modified}
	if p.Modified {
		p.Binary = thisBinary()
	}
	return p
}

// thisBinary is the hash of the running program's file, which is read once.
var thisBinary = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// String names the program for people and for files.
func (p Program) String() string {
	switch {
	case p.Modified:
		return short(p.Commit) + version.Modified
	default:
		return short(p.Commit)
	}
}

// short is the beginning of a commit.
func short(commit string) string { return commit[:min(12, len(commit))] }

// same reports whether two programs give the same results. With reuse all changed trees of one commit
// count as the same program.
func (p Program) same(o Program, reuse bool) bool {
	if p.Commit != o.Commit {
		return false
	}
	if !p.Modified && !o.Modified || reuse {
		return true
	}
	return p.Modified && o.Modified && p.Binary != "" && p.Binary == o.Binary
}

// programOf is the program of a line.
func programOf(l *ledger.Line) Program {
	return Program{Commit: l.Fingerprint.Commit, Modified: l.Fingerprint.Modified}
}
