package benchmarks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"repbench/eval/memorisation"
	"repbench/internal/cache"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// Memorisation compares generated images with the training images of a data set, see package
// memorisation. Source.Data is the data set, Source.Encoder an encoder in whose features they are
// compared ("": as they are), Source.Folder a folder for the result and pictures of pairs ("":
// none is written). The record is stored in that folder, or where the cell says.
type Memorisation struct {
	// Options, of which Keep and Progress are set here.
	memorisation.Options
	// Generated are the images of the generator.
	Generated Generated
	// Train is a NumPy file with the training images or features; "": the training split of
	// Source.Data.
	Train string
	// Null are images that the generator was not trained on: a split of the data set, a NumPy
	// file or a folder; "": the test split, or the validation split where there is none.
	Null string
	// With is an encoder in whose features the images are compared, too; "": none.
	With string
	// Cells is a NumPy file of centres of cells for C_T, or three of the cells of training,
	// held-out and generated images, separated by commas; "": k-means makes cells.
	Cells string
	// Scores is a file that gets one JSON object for each generated image; "": none is written.
	Scores string
}

// Generated says where generated images come from.
type Generated struct {
	// Path is a NumPy file, N×H×W×C uint8 or float32 in [-1, 1] or [0, 1], N×D float32 features,
	// or a folder of images; "": Run makes them.
	Path string
	// Run is a run folder, dcgan:RUN, theano:DIR or random:ARCH, N the number of images.
	Run string
	// Name is what records call Run; "": as it is.
	Name string
	// N is the number of images that Run makes.
	N int
}

// run implements Protocol.
func (o Memorisation) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if err := o.Options.Validate(); err != nil {
		return nil, err
	}
	if err := o.checkOutputs(&c, m); err != nil {
		return nil, err
	}
	s, err := o.open(ctx, c.Source, m)
	if s != nil {
		defer s.close()
	}
	if err != nil {
		return nil, interruptedIn(ctx, "the sets were read", err)
	}
	if o.Keep, err = m.cached("memorisation", s.key()); err != nil {
		return nil, err
	}
	defer cache.Touch(o.Keep)
	s.judge(o.Seed, o.Keep, m)
	o.Progress = progress.Or(m.Progress)
	result, err := memorisation.Run(ctx, s.in, o.Options)
	if err != nil {
		return nil, interruptedIn(ctx, "images were compared", err)
	}
	r, err := s.record(result, o)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Records: []*record.Record{r}, Title: fmt.Sprintf("%s against %s", s.in.Generated.Name, s.trainName), Folder: c.Source.Folder}
	err = errors.Join(writeScores(o.Scores, result), writeMemorisation(c.Source.Folder, result))
	if c.Records != "" {
		err = errors.Join(err, out.store(c.Records))
	}
	return out, err
}

// interruptedIn says of an error in a context that ended what was going on, and that the same
// command goes on, where the error does not say so.
func interruptedIn(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() == nil || strings.Contains(err.Error(), "the same command"):
		return err
	case strings.HasPrefix(err.Error(), "interrupted"):
		return fmt.Errorf("%w; the same command goes on", err)
	}
	return fmt.Errorf("interrupted while %s; the same command goes on: %w", what, err)
}

// key names the folder of the cache in which searches among these training images are kept.
func (s *compared) key() string {
	sum := sha256.Sum256([]byte("memorisation 1\n" + s.trainName + "\n" + s.trainHash))
	return hex.EncodeToString(sum[:])
}
