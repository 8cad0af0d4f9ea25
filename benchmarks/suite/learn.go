package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"repbench/backends"
	"repbench/benchmarks"
	"repbench/datasets"
	"repbench/features"
)

// Missing is a data set that is not on this machine, and that bench run downloads.
type Missing struct {
	// Data is its name in the suite, Spec its specification, Bytes the size of the download.
	Data  string `json:"data"`
	Spec  string `json:"spec"`
	Bytes int64  `json:"bytes"`
}

// learner opens what a suite means on a machine.
type learner struct {
	suite      *Suite
	machine    benchmarks.Machine
	old, facts *facts
	// planning leaves out the sets that would be downloaded, which are in missing then.
	planning bool
	missing  []Missing
	problems error
}

// learn opens what is not known yet: the encoders of the suite and its data sets. Every set that cannot
// be opened is named in the error.
func (l *learner) learn(ctx context.Context) error {
	s := l.suite
	if err := s.learnEncoders(l.facts, l.machine); err != nil {
		return err
	}
	for i := range s.Encoders {
		e := &s.Encoders[i]
		if e.Train != nil {
			d, size := s.trainingData(e)
			if err := checkTrainingData(s, e, d); err != nil {
				return err
			}
			l.set(ctx, d, size, fmt.Sprintf("on which the encoder %q is trained", e.Name))
		}
		for j := range s.Data {
			if s.uses(e, &s.Data[j]) {
				l.set(ctx, &s.Data[j], l.facts.size(e), "which is evaluated on")
			}
		}
	}
	return errors.Join(l.problems, context.Cause(ctx))
}

// set learns the hash of a data set for images of a size.
func (l *learner) set(ctx context.Context, d *Data, size int, what string) {
	k := d.key(size)
	if l.facts.find(k) != nil || ctx.Err() != nil {
		return
	}
	if o := l.old.find(k); o != nil {
		l.facts.Sets = append(l.facts.Sets, *o)
		return
	}
	if n := datasets.ToFetch(k.Spec, l.machine.Catalog); n > 0 && l.planning {
		l.missing = append(l.missing, Missing{Data: d.Name, Spec: k.Spec, Bytes: n})
	} else if ds, err := l.machine.OpenData(ctx, k.Spec, d.reading(), k.Size); err == nil {
		k.Hash = ds.Hash
	} else {
		l.problems = errors.Join(l.problems, l.suite.dataProblem(d, what, err))
		k.Hash = "missing"
	}
	l.facts.Sets = append(l.facts.Sets, k)
}

// dataProblem is the error about a data set that cannot be opened, with its line in the suite.
func (s *Suite) dataProblem(d *Data, what string, err error) error {
	for i := range s.Data {
		if s.Data[i].Name != d.Name || s.Data[i].spec() != d.spec() {
			continue
		}
		if path := absent(d.Path); path != "" {
			return fmt.Errorf("%spath = %q of the data set %q: %s does not exist; give the path of its files, or leave path out for a set that is downloaded",
				s.lineOf("data", i, "path"), d.Path, d.Name, path)
		}
		key := map[bool]string{true: "spec", false: "name"}[d.Spec != ""]
		return fmt.Errorf("%sdata set %q, %s: %w", s.lineOf("data", i, key), d.Name, what, err)
	}
	for i, e := range s.Encoders {
		if e.Train != nil && e.Train.Data == d.Name {
			return fmt.Errorf("%sdata set %q, %s: %w", s.lineOf("encoder", i, "train"), d.Name, what, err)
		}
	}
	return fmt.Errorf("data set %q, %s: %w", d.Name, what, err)
}

// absent is the first of the paths in a value of path that does not exist; "" where all do.
func absent(path string) string {
	if path == "" {
		return ""
	}
	if _, err := os.Stat(path); err == nil {
		return ""
	}
	for part := range strings.SplitSeq(path, ",") {
		if _, err := os.Stat(part); os.IsNotExist(err) {
			return part
		}
	}
	return ""
}

// lineOf is the place of a key of the n-th table of a name in the suite's file, for the beginning of a message.
func (s *Suite) lineOf(table string, n int, key string) string {
	at := lines{s.text}
	line := at.find(table, n, key)
	if line == 0 {
		line = at.find(table, n, "")
	}
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d of the suite: ", line)
}

// learnEncoders opens the encoders that are there.
func (s *Suite) learnEncoders(f *facts, m benchmarks.Machine) error {
	var b *backends.Backend
	var problems error
	for i := range s.Encoders {
		e := &s.Encoders[i]
		if e.Train != nil {
			continue
		}
		if isSupervised(e) {
			f.Encoders = append(f.Encoders, known{Name: e.Name, ImageSize: s.supervisedSize(e)})
			continue
		}
		var err error
		if b == nil {
			if b, err = backends.OpenExact(backends.CPU); err != nil {
				return err
			}
		}
		enc, err := features.Open(e.Spec, b, e.Features.options(1))
		if err != nil {
			problems = errors.Join(problems, fmt.Errorf("%sencoder %q: %w", s.lineOf("encoder", i, "spec"), e.Name, err))
			continue
		}
		k := known{Name: e.Name, ImageSize: enc.ImageSize()}
		if !features.Random(e.Spec) {
			k.WeightsHash = enc.WeightsHash
		}
		f.Encoders = append(f.Encoders, k)
		enc.Close()
	}
	return problems
}
