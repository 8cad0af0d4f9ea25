package duplicates

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/train"
	"repbench/train/autoencoder"
)

// Files of the folder of a search.
const (
	GroupsFile  = "groups.jsonl"
	SummaryFile = "summary.json"
)

// KeepFile is the name of the keep-list of a split.
func KeepFile(split string) string { return "keep_" + split + ".txt" }

// Summary is a search's summary.json.
type Summary struct {
	Data        string `json:"data"`
	DataHash    string `json:"data_hash"`
	Against     string `json:"against,omitempty"`
	AgainstHash string `json:"against_hash,omitempty"`
	Seed        uint64 `json:"seed"`
	// Run is the folder of the autoencoder, "" for other methods.
	Run string `json:"run,omitempty"`
	// Images, Groups and Removed are of all parts and of the groups that are used:
	// those of the last of Methods.
	Images  int `json:"images"`
	Groups  int `json:"groups"`
	Removed int `json:"removed"`
	// AcrossClasses is the number of the groups that hold images of several classes of
	// one set: either their labels contradict each other, or they are no duplicates.
	AcrossClasses int `json:"across_classes"`
	// Methods are exact and, unless that is all, the method asked for, whose groups
	// hold the exact duplicates too.
	Methods []MethodSummary `json:"methods"`
	// Parts are the splits in the order in which their images are preferred.
	Parts []PartSummary `json:"parts"`
	// Overlaps are the pairs of parts that share images.
	Overlaps []Overlap `json:"overlaps"`
}

// PartSummary is what happens to one split.
type PartSummary struct {
	Set    string `json:"set"`
	Split  string `json:"split"`
	Images int    `json:"images"`
	Kept   int    `json:"kept"`
	// Keep is the name of the keep-list, "" for a set that is only compared with.
	Keep string `json:"keep,omitempty"`
}

// Overlap counts the images of two parts that are in a group with an image of the
// other part.
type Overlap struct {
	A string `json:"a"` // "cifar10/test"
	B string `json:"b"`
	// ExactA and ExactB are the images of A and of B with the same pixels in the
	// other part, NearA and NearB those found by the method, exact ones among them.
	ExactA int `json:"exact_a"`
	ExactB int `json:"exact_b"`
	NearA  int `json:"near_a"`
	NearB  int `json:"near_b"`
}

// Outcome is a summary with examples to look at.
type Outcome struct {
	Summary
	// Examples are galleries of groups.
	Examples []Gallery
}

// Run searches ds, and what it shares with against (nil: nothing), for duplicates
// and writes into dir:
//
//	keep_<split>.txt  the images of each split of ds that are kept (datasets.KeepList)
//	groups.jsonl      one group a line, see Group
//	summary.json      the Summary
//	autoencoder-<bits>/  the run of the autoencoder, if one is trained
//
// Of each group the first image is kept: images of against come first, then those
// of ds by split in the order test, valid, train, extra. A training that is
// interrupted goes on when Run is called again; the rest takes little time and is
// begun anew.
func Run(ctx context.Context, dir string, ds, against *datasets.Dataset, b *backends.Backend, o Options) (*Outcome, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s := Summary{Data: ds.Name, DataHash: ds.Hash, Seed: o.Seed}
	parts := partsOf(ds, ds.Name)
	if against != nil {
		s.Against, s.AgainstHash = against.Name, against.Hash
		name := against.Name
		if name == ds.Name {
			name += " (2)"
		}
		parts = append(partsOf(against, name), parts...)
	}
	r := &run{dir: dir, opt: o, ds: ds, places: newPlaces(parts), summary: s}
	if err := r.search(ctx, b); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	r.count()
	if err := r.write(); err != nil {
		return nil, err
	}
	return &Outcome{r.summary, r.examples()}, nil
}

// run is one call of Run.
type run struct {
	places
	dir     string
	opt     Options
	ds      *datasets.Dataset
	summary Summary

	exact, near   forest
	exactG, nearG [][]int // their groups
}

// search finds the groups by both methods.
func (r *run) search(ctx context.Context, b *backends.Backend) error {
	began := time.Now()
	var err error
	if r.exact, err = findExact(ctx, r.parts, r.opt.Progress); err != nil {
		return err
	}
	r.exactG = r.exact.groups()
	exact := MethodSummary{Method: MethodExact, Bits: MaxBits}.summarise(r.exactG, began)
	r.near, r.nearG, r.summary.Methods = r.exact, r.exactG, []MethodSummary{exact}
	if r.opt.Method == MethodExact {
		return nil
	}
	began = time.Now()
	h, done, err := r.hasher(ctx, b)
	if err != nil {
		return err
	}
	defer done()
	m := MethodSummary{Method: r.opt.Method, Bits: h.Bits(), Radius: r.opt.Radius, Mirror: r.opt.Mirror}
	if m.Method == MethodAutoencoder {
		m.Threshold = r.opt.Threshold.String()
	}
	codes, err := hashBoth(ctx, r.parts, h, r.opt.Mirror, r.opt.Progress, string(r.opt.Method))
	if err != nil {
		return err
	}
	r.near = append(forest(nil), r.exact...)
	if err := link(ctx, r.near, codes, h.Bits(), r.opt.Radius, r.opt.Progress); err != nil {
		return err
	}
	r.nearG = r.near.groups()
	r.summary.Methods = append(r.summary.Methods, m.summarise(r.nearG, began))
	return nil
}

// hasher makes the codes of the method asked for; done releases it.
func (r *run) hasher(ctx context.Context, b *backends.Backend) (h Hasher, done func(), err error) {
	switch r.opt.Method {
	case MethodPHash:
		return PHash{}, func() {}, nil
	case MethodDHash:
		return DHash{}, func() {}, nil
	}
	split, err := r.ds.Split(datasets.Train)
	if err != nil {
		return nil, nil, err
	}
	m, run, err := model(ctx, r.dir, r.ds, split, b, r.opt)
	if err != nil {
		return nil, nil, err
	}
	s, err := NewSemantic(ctx, m, r.opt.Bits, r.opt.Threshold, split.Images, r.opt.Progress)
	if err != nil {
		m.Close()
		return nil, nil, err
	}
	r.summary.Run = run
	return s, m.Close, nil
}

// trainingImages bounds the images that an autoencoder is trained on (1.5 GB).
const trainingImages = 500_000

// model is the autoencoder of o.Run, or one trained on the reduced images of the
// split, at most 500,000 of them, evenly spaced.
func model(ctx context.Context, dir string, ds *datasets.Dataset, split *datasets.Split, b *backends.Backend, o Options) (*autoencoder.Model, string, error) {
	if o.Run != "" {
		m, err := autoencoder.Load(o.Run, b)
		return m, o.Run, err
	}
	run := filepath.Join(dir, fmt.Sprintf("autoencoder-%d", o.Bits))
	t := o.Train
	t.Hidden, t.Seed, t.Progress = o.Bits, o.Seed, o.Progress
	t.Batch = min(cmp.Or(t.Batch, autoencoder.DefaultBatch), split.Images.N)
	d := train.Data{Images: reduce(spaced(split.Images, trainingImages)), Name: ds.Name, Source: ds.Source, Hash: ds.Hash}
	if _, err := autoencoder.Run(ctx, run, d, b, t); err != nil {
		return nil, "", err
	}
	m, err := autoencoder.Load(run, b)
	return m, run, err
}

// count fills in the numbers of the summary.
func (r *run) count() {
	s := &r.summary
	last := s.Methods[len(s.Methods)-1]
	s.Images, s.Groups, s.Removed = len(r.near), last.Groups, last.Removed
	own := len(r.parts) - len(r.ds.Splits)
	for k, p := range r.parts {
		sum := PartSummary{Set: p.Set, Split: p.Split, Images: p.Images.N, Kept: len(r.kept(k))}
		if k >= own {
			sum.Keep = KeepFile(p.Split)
		}
		s.Parts = append(s.Parts, sum)
	}
	s.Overlaps = r.overlaps()
	for _, g := range r.nearG {
		if len(r.classes(g)) > 1 {
			s.AcrossClasses++
		}
	}
}

// kept are the rows of part k that are the first of their group or in none.
func (r *run) kept(k int) []int {
	first := r.ends[k] - r.parts[k].Images.N
	var rows []int
	for i := first; i < r.ends[k]; i++ {
		if r.near.root(i) == i {
			rows = append(rows, i-first)
		}
	}
	return rows
}

// overlaps counts what parts share.
func (r *run) overlaps() []Overlap {
	n := len(r.parts)
	exact, near := r.shared(r.exactG), r.shared(r.nearG)
	out := []Overlap{}
	for a := range n {
		for b := a + 1; b < n; b++ {
			if near[a][b] > 0 {
				out = append(out, Overlap{A: r.parts[a].Name(), B: r.parts[b].Name(),
					ExactA: exact[a][b], ExactB: exact[b][a], NearA: near[a][b], NearB: near[b][a]})
			}
		}
	}
	return out
}

// shared[a][b] is the number of images of part a in groups with images of part b.
func (r *run) shared(groups [][]int) [][]int {
	n := len(r.parts)
	shared := make([][]int, n)
	for a := range shared {
		shared[a] = make([]int, n)
	}
	in := make([]int, n)
	for _, g := range groups {
		clear(in)
		for _, i := range g {
			k, _ := r.of(i)
			in[k]++
		}
		for a := range n {
			for b := range n {
				if in[b] > 0 {
					shared[a][b] += in[a]
				}
			}
		}
	}
	return shared
}

// Group is a line of groups.jsonl.
type Group struct {
	// Exact says that all images of the group have the same pixels.
	Exact bool `json:"exact"`
	// Classes are the classes of the images, where they are of several.
	Classes []string `json:"classes,omitempty"`
	// Images are in the order in which they are preferred: the first is kept.
	Images []Ref `json:"images"`
}

// write writes the files of the search; the summary is the last.
func (r *run) write() error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, g := range r.nearG {
		line := Group{Exact: r.same(g)}
		if names := r.classes(g); len(names) > 1 {
			line.Classes = names
		}
		for _, i := range g {
			line.Images = append(line.Images, r.ref(i))
		}
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("write %s: %w", GroupsFile, err)
		}
	}
	if err := atomicfile.WriteFile(filepath.Join(r.dir, GroupsFile), b.Bytes(), 0o644); err != nil {
		return err
	}
	for k, p := range r.parts {
		if r.summary.Parts[k].Keep == "" {
			continue
		}
		if err := r.writeKeep(k, p); err != nil {
			return err
		}
	}
	return jsonfile.Write(filepath.Join(r.dir, SummaryFile), r.summary)
}

// writeKeep writes the keep-list of part k. A split of which nothing is kept gets
// an empty list, which cannot be used by mistake: reading it is an error.
func (r *run) writeKeep(k int, p Part) error {
	list := datasets.KeepList{Split: p.Split}
	for _, row := range r.kept(k) {
		list.IDs = append(list.IDs, p.IDs[row])
	}
	return datasets.WriteKeepList(filepath.Join(r.dir, KeepFile(p.Split)), list)
}

// same says that the images of a group are exact duplicates.
func (r *run) same(g []int) bool {
	for _, i := range g {
		if r.exact.root(i) != r.exact.root(g[0]) {
			return false
		}
	}
	return true
}
