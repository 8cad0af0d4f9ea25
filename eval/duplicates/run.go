package duplicates

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
	"repbench/train"
	"repbench/train/autoencoder"
)

// Files in the folder of a search.
const (
	GroupsFile  = "groups.jsonl"
	SummaryFile = "summary.json"
)

// KeepFile returns the name of the keep-list of a split.
func KeepFile(split string) string { return "keep_" + split + ".txt" }

// checkFolder refuses a folder that holds other things than a search for duplicates.
func checkFolder(dir string) error {
	return outputs.Foreign(dir, "a search for duplicates", func(name string) bool {
		return name == GroupsFile || name == "report" || strings.HasPrefix(name, "keep_") || strings.HasPrefix(name, "autoencoder") || strings.HasPrefix(name, ".")
	}, SummaryFile, PlantedFile)
}

// Summary is the content of a search's summary.json.
type Summary struct {
	Data        string `json:"data"`                   // name of the data set
	DataHash    string `json:"data_hash"`              // hash of the data set
	Against     string `json:"against,omitempty"`      // name of the second set, "" for none
	AgainstHash string `json:"against_hash,omitempty"` // hash of the second set
	Seed        uint64 `json:"seed"`                   // seed of the search
	// Run is the folder of the autoencoder, "" for other methods.
	Run string `json:"run,omitempty"`
	// Images is the number of images of all parts, Groups the number of groups of the last of
	// Methods, Removed the number of images in these groups except their first images.
	Images  int `json:"images"`
	Groups  int `json:"groups"`
	Removed int `json:"removed"`
	// AcrossClasses is the number of groups that hold images of several classes of one set:
	// either their labels contradict each other, or they are not duplicates.
	AcrossClasses int `json:"across_classes"`
	// Methods holds the exact method and, unless it is the chosen method, the chosen one, whose
	// groups include the exact duplicates.
	Methods []MethodSummary `json:"methods"`
	// Parts are the splits in the order of precedence.
	Parts []PartSummary `json:"parts"`
	// Overlaps are the pairs of parts that share images.
	Overlaps []Overlap `json:"overlaps"`
}

// PartSummary is the result for one split.
type PartSummary struct {
	Set    string `json:"set"`    // name of the data set
	Split  string `json:"split"`  // name of the split
	Images int    `json:"images"` // number of images
	Kept   int    `json:"kept"`   // number of images kept
	// Keep is the name of the keep-list, "" for a part of the second set.
	Keep string `json:"keep,omitempty"`
}

// Overlap counts the images of two parts that are in a group with an image of the other part.
type Overlap struct {
	A string `json:"a"` // "cifar10/test"
	B string `json:"b"` // the other part
	// ExactA is the number of images of A with the same pixels as an image of B.
	ExactA int `json:"exact_a"`
	// ExactB is the number of images of B with the same pixels as an image of A.
	ExactB int `json:"exact_b"`
	// NearA and NearB are the same numbers for the groups of the method, which include the
	// exact duplicates.
	NearA int `json:"near_a"`
	NearB int `json:"near_b"`
}

// Outcome is a summary with examples to look at.
type Outcome struct {
	Summary
	// Examples are galleries of groups.
	Examples []Gallery
}

// Run searches ds for duplicates, including images that it shares with against (nil for none),
// and writes into dir:
//
//	keep_<split>.txt  the images of each split of ds that are kept (datasets.KeepList)
//	groups.jsonl      one group per line, see Group
//	summary.json      the Summary
//	autoencoder-<bits>/  the run of the autoencoder, if one is trained
//
// The first image of each group is kept. Images of against come first, then the images of ds by
// split in the order test, valid, train, extra. If an interrupted Run is called again, it
// resumes the training and repeats the rest, which takes little time.
func Run(ctx context.Context, dir string, ds, against *datasets.Dataset, b *backends.Backend, o Options) (*Outcome, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s := Summary{Data: ds.Name, DataHash: ds.Hash, Seed: *o.Seed}
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
	exactG, nearG [][]int // the groups of the two methods
}

// search finds the groups with both methods.
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

// hasher returns the hasher of the chosen method; done releases it.
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

// trainingImages is the largest number of images on which an autoencoder is trained (1.5 GB).
const trainingImages = 500_000

// model returns the autoencoder of o.Run, or trains one on the reduced images of the split, at
// most 500,000 of them, evenly spaced.
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

// count computes the numbers of the summary.
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

// kept returns the rows of part k that are the first of their group or in no group.
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

// overlaps counts the images that parts share.
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

// shared returns a table: element [a][b] is the number of images of part a in groups with
// images of part b.
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
	// Exact reports whether all images of the group have the same pixels.
	Exact bool `json:"exact"`
	// Classes are the classes of the images, if there is more than one.
	Classes []string `json:"classes,omitempty"`
	// Images are in the order of precedence: the first is kept.
	Images []Ref `json:"images"`
}

// write writes the files of the search, the summary last.
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

// writeKeep writes the keep-list of part k. If no image of a split is kept, the list is empty
// and cannot be used by mistake: reading it is an error.
func (r *run) writeKeep(k int, p Part) error {
	list := datasets.KeepList{Split: p.Split}
	for _, row := range r.kept(k) {
		list.IDs = append(list.IDs, p.IDs[row])
	}
	return datasets.WriteKeepList(filepath.Join(r.dir, KeepFile(p.Split)), list)
}

// same reports whether the images of a group are exact duplicates.
func (r *run) same(g []int) bool {
	for _, i := range g {
		if r.exact.root(i) != r.exact.root(g[0]) {
			return false
		}
	}
	return true
}
