package duplicates

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/jsonfile"
	"repbench/train/autoencoder"
)

// PlantedFile is the file that Evaluate writes.
const PlantedFile = "planted.json"

// Share is the fraction Found/Of of a number of images.
type Share struct {
	Found int `json:"found"` // number of images that count
	Of    int `json:"of"`    // number of images in all
}

// Rate returns Found/Of, in [0, 1]; 0 if Of is 0.
func (s Share) Rate() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Found) / float64(s.Of)
}

// Score describes how well one setting finds planted duplicates.
type Score struct {
	MethodSummary
	// Recall is the share of the planted images of each kind, in the order of Kind, that are in
	// the group of the image they were made from.
	Recall [kinds]Share `json:"recall"`
	// All is the recall over all kinds.
	All Share `json:"recall_all"`
	// Precision is the share of the removed images that are planted near duplicates, or exact
	// duplicates of an image before them in their group. Near duplicates that were already in
	// the set count as false here, so that Precision is a lower bound.
	Precision Share `json:"precision"`
	// Others is the share of the set's own images that were removed without being exact
	// duplicates: false positives, or near duplicates that were already in the set.
	Others Share `json:"others"`
}

// PlantedSummary is the content of planted.json.
type PlantedSummary struct {
	Data     string `json:"data"`      // name of the data set
	DataHash string `json:"data_hash"` // hash of the data set
	Images   int    `json:"images"`    // number of training images
	Planted  int    `json:"planted"`   // number of planted images
	Seed     uint64 `json:"seed"`      // seed of the planted images and of the autoencoders
	// Kinds are the names of the kinds, in the order of Score.Recall.
	Kinds []string `json:"kinds"`
	// Exact is the number of images removed as exact duplicates, including planted ones.
	Exact int `json:"exact"`
	// Scores holds one score per setting.
	Scores []Score `json:"scores"`
}

// PlantedOutcome is a summary with examples to look at.
type PlantedOutcome struct {
	PlantedSummary
	// Examples are galleries of planted images and of groups.
	Examples []Gallery
}

// The settings that Evaluate tries: these code lengths and thresholds of the autoencoder and,
// for every code, the radii that are at most a sixteenth of its length, with and without mirror
// images.
var (
	triedBits       = []int{32, 64, 128}
	triedThresholds = []Threshold{{}, {Value: 0.5}, {Value: 1}, {Mean: true}}
	triedRadii      = []int{0, 2, 4, 8}
)

// Evaluate plants n near duplicates in the training images of ds (see Plant) and reports, for
// every setting, how many are found and what else is removed. It uses four fields of o: Run
// (which limits the code lengths to its own), Train, Seed and Progress. The autoencoders are
// trained on the training images without the planted ones, in dir/autoencoder-<bits>. Evaluate
// writes dir/planted.json.
func Evaluate(ctx context.Context, dir string, ds *datasets.Dataset, b *backends.Backend, n int, o Options) (*PlantedOutcome, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return nil, err
	}
	p, err := Plant(split.Images, n, *o.Seed)
	if err != nil {
		return nil, err
	}
	if err := checkFolder(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	e := newEvaluation(ds, split, p, o)
	if err := e.run(ctx, dir, ds, split, b); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &PlantedOutcome{e.summary, e.examples()}, jsonfile.Write(filepath.Join(dir, PlantedFile), e.summary)
}

// evaluation is one call of Evaluate. Its images are the training images, followed by the
// planted ones.
type evaluation struct {
	places
	opt     Options
	planted *Planted
	base    int // the number of training images
	summary PlantedSummary

	exact forest
	truth []int // per image: the first image of its true group
	shown []shownScore
}

// shownScore is a setting with examples.
type shownScore struct {
	Score
	groups [][]int
}

func newEvaluation(ds *datasets.Dataset, split *datasets.Split, p *Planted, o Options) *evaluation {
	ids := make([]string, p.Images.N)
	for i, source := range p.Sources {
		ids[i] = p.Kinds[i].String() + " of " + split.IDs[source]
	}
	e := &evaluation{
		places: newPlaces([]Part{
			{Set: ds.Name, Split: split.Name, Images: split.Images, IDs: split.IDs},
			{Set: ds.Name, Split: "planted", Images: p.Images, IDs: ids},
		}),
		opt: o, planted: p, base: split.Images.N,
		summary: PlantedSummary{Data: ds.Name, DataHash: ds.Hash, Images: split.Images.N, Planted: p.Images.N, Seed: *o.Seed},
	}
	for k := range kinds {
		e.summary.Kinds = append(e.summary.Kinds, k.String())
	}
	return e
}

func (e *evaluation) run(ctx context.Context, dir string, ds *datasets.Dataset, split *datasets.Split, b *backends.Backend) error {
	var err error
	if e.exact, err = findExact(ctx, e.parts, e.opt.Progress); err != nil {
		return err
	}
	e.findTruth()
	for _, g := range e.exact.groups() {
		e.summary.Exact += len(g) - 1
	}
	for _, m := range []struct {
		method Method
		hasher Hasher
	}{{MethodPHash, PHash{}}, {MethodDHash, DHash{}}} {
		if err := e.scores(ctx, m.hasher, MethodSummary{Method: m.method}); err != nil {
			return err
		}
	}
	return e.autoencoders(ctx, dir, ds, split, b)
}

// findTruth puts exact duplicates, and planted images with their sources, into one true group.
func (e *evaluation) findTruth() {
	f := append(forest(nil), e.exact...)
	for i, source := range e.planted.Sources {
		f.join(source, e.base+i)
	}
	e.truth = make([]int, len(f))
	for i := range f {
		e.truth[i] = f.root(i)
	}
}

// autoencoders scores autoencoders of every length: a new one per length, or the first units of
// the given one.
func (e *evaluation) autoencoders(ctx context.Context, dir string, ds *datasets.Dataset, split *datasets.Split, b *backends.Backend) error {
	for _, bits := range triedBits {
		o := e.opt
		o.Bits = bits
		m, _, err := model(ctx, dir, ds, split, b, o)
		if err != nil {
			return err
		}
		if bits <= m.Hidden {
			err = e.thresholds(ctx, m, bits, split.Images)
		}
		m.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) thresholds(ctx context.Context, m *autoencoder.Model, bits int, images datasets.Images) error {
	for _, t := range triedThresholds {
		h, err := NewSemantic(ctx, m, bits, t, images, e.opt.Progress)
		if err != nil {
			return err
		}
		if err := e.scores(ctx, h, MethodSummary{Method: MethodAutoencoder, Threshold: t.String()}); err != nil {
			return err
		}
	}
	return nil
}

// scores scores one hash with every radius, with and without mirror images.
func (e *evaluation) scores(ctx context.Context, h Hasher, m MethodSummary) error {
	m.Bits = h.Bits()
	name := fmt.Sprintf("%s %d", m.Method, m.Bits)
	if m.Threshold != "" {
		name += " > " + m.Threshold
	}
	both, err := hashBoth(ctx, e.parts, h, true, e.opt.Progress, name)
	if err != nil {
		return err
	}
	for _, mirrored := range []bool{false, true} {
		codes := both[:len(e.exact)]
		if mirrored {
			codes = both
		}
		for _, radius := range triedRadii {
			if 16*radius > m.Bits {
				break
			}
			m.Radius, m.Mirror = radius, mirrored
			if err := e.score(ctx, codes, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// score scores one setting.
func (e *evaluation) score(ctx context.Context, codes []Code, m MethodSummary) error {
	began := time.Now()
	f := append(forest(nil), e.exact...)
	if err := link(ctx, f, codes, m.Bits, m.Radius, e.opt.Progress); err != nil {
		return err
	}
	groups := f.groups()
	s := Score{MethodSummary: m.summarise(groups, began), Others: Share{Of: e.base}}
	for i, source := range e.planted.Sources {
		r := &s.Recall[e.planted.Kinds[i]]
		r.Of++
		if f.root(source) == f.root(e.base+i) {
			r.Found++
		}
	}
	for _, r := range s.Recall {
		s.All.Found, s.All.Of = s.All.Found+r.Found, s.All.Of+r.Of
	}
	for _, g := range groups {
		e.judge(g, &s)
	}
	e.summary.Scores = append(e.summary.Scores, s)
	if e.shows(s) {
		e.shown = append(e.shown, shownScore{s, groups})
	}
	return nil
}

// judge counts the removed images of a group.
func (e *evaluation) judge(g []int, s *Score) {
	seen := map[int]bool{e.truth[g[0]]: true}
	for _, i := range g[1:] {
		s.Precision.Of++
		if seen[e.truth[i]] {
			s.Precision.Found++
		} else if i < e.base {
			s.Others.Found++
		}
		seen[e.truth[i]] = true
	}
}

// shows reports whether examples of a setting are shown: the paper's setting, the autoencoder
// with a higher threshold and a small radius, and the perceptual hash with and without radius
// and mirror images.
func (e *evaluation) shows(s Score) bool {
	switch s.Method {
	case MethodAutoencoder:
		return s.Bits == DefaultBits && !s.Mirror && (s.Threshold == "0" && s.Radius == 0 || s.Threshold == "0.5" && s.Radius == 2)
	case MethodPHash:
		return s.Radius == 0 && !s.Mirror || s.Radius == 2 && s.Mirror
	}
	return false
}

// examples shows the planted kinds and, for some settings, the groups that hold images of the
// set that were not planted.
func (e *evaluation) examples() []Gallery {
	kinds := Gallery{Title: "What was planted", Caption: "Left a training image, right the near duplicate made from it, the first ones planted."}
	for i := range min(e.planted.Images.N, shownGroups) {
		kinds.Examples = append(kinds.Examples, e.example(e.planted.Kinds[i].String(), []int{e.planted.Sources[i], e.base + i}))
	}
	out := []Gallery{kinds}
	for _, s := range e.shown {
		var others [][]int
		for _, g := range s.groups {
			if o := e.unplanted(g); len(o) > 1 {
				others = append(others, o)
			}
		}
		if len(others) > 0 {
			out = append(out, e.gallery("Found and not planted: "+s.Name(), "Groups of training images with different pixels", others))
		}
	}
	return out
}

// unplanted returns the images of a group that belong to the set, one per exact content.
func (e *evaluation) unplanted(g []int) []int {
	var out []int
	seen := map[int]bool{}
	for _, i := range g {
		if content := e.exact.root(i); i < e.base && !seen[content] {
			out, seen[content] = append(out, i), true
		}
	}
	return out
}

// Name describes the method in a few words: "autoencoder, 128 bits > 0".
func (m MethodSummary) Name() string {
	s := string(m.Method)
	switch m.Method {
	case MethodExact:
		return s
	case MethodAutoencoder:
		s += fmt.Sprintf(", %d bits > %s", m.Bits, m.Threshold)
	}
	if m.Radius > 0 {
		s += fmt.Sprintf(", radius %d", m.Radius)
	}
	if m.Mirror {
		s += ", mirrored too"
	}
	return s
}
