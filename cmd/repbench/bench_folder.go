package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/internal/jsonfile"
)

const planFile = "plan.jsonl"

// planned is what is needed of a line of a plan.
type planned struct {
	ID string `json:"id"`
}

// outLines reads the lines of the cells of a suite's folder that are done. Of cells with one key, the
// later of the plan counts: the earlier ones are of a recipe that was changed.
func outLines(dir string) ([]ledger.Line, error) {
	f, err := jsonfile.Open(filepath.Join(dir, planFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []ledger.Line
	at := map[string]int{}
	err = jsonfile.EachLine(f, f.Name(), func(_ int, p planned) error {
		if !fs.ValidPath(p.ID) || filepath.Base(p.ID) != p.ID {
			return fmt.Errorf("the id %.40q is no name of a folder", p.ID)
		}
		l, err := ledger.ReadRecord(filepath.Join(dir, "cells", p.ID, "record.json"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if i, ok := at[l.Key.String()]; ok {
			out[i] = *l
			return nil
		}
		at[l.Key.String()] = len(out)
		out = append(out, *l)
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("no cell of %s is done; see bench status", dir)
	}
	return out, err
}

// rule is the rule and the name of the suite: from the file of --suite, or the default.
func (f linesFlags) rule() (gate.Rule, string, error) {
	r := gate.Default()
	if f.suite == "" {
		return r, "", nil
	}
	if !isFile(f.suite) {
		return r, f.suite, nil
	}
	s := struct {
		Suite string    `toml:"suite"`
		Gate  gate.Rule `toml:"gate"`
	}{Gate: r}
	if _, err := toml.DecodeFile(f.suite, &s); err != nil {
		return r, "", fmt.Errorf("%s: %w", f.suite, err)
	}
	return s.Gate, s.Suite, s.Gate.Check()
}
