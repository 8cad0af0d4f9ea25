package store

import (
	"fmt"
	"os"
	"reflect"
	"strings"
)

// SameSpace says why distances between rows of two folders would mean nothing: their encoders,
// layers or pooling are not the same, or each took batch-norm statistics from a data set of its own.
// It is nil where nothing speaks against a comparison.
func SameSpace(a, b *Meta) error {
	encoderA, encoderB := a.Key, b.Key
	encoderA.Data, encoderA.DataHash, encoderA.DType, encoderA.BatchNorm, encoderA.StatsOrder, encoderA.BatchSize = "", "", "", "", "", 0
	encoderB.Data, encoderB.DataHash, encoderB.DType, encoderB.BatchNorm, encoderB.StatsOrder, encoderB.BatchSize = "", "", "", "", "", 0
	if a.WeightsHash != "" {
		encoderA.Encoder = b.Encoder // the weights say more than the path to them
		encoderB.Encoder = b.Encoder
	}
	switch {
	case !reflect.DeepEqual(encoderA, encoderB):
		return fmt.Errorf("features of %s and of %s are of different encoders, weights, layers or pooling: extract both in the same way", a.Encoder, b.Encoder)
	case a.BatchNorm != b.BatchNorm:
		return fmt.Errorf("features with the batch-norm statistics %q and %q: extract both with the same --batch-norm", a.BatchNorm, b.BatchNorm)
	case (a.BatchNorm == Fixed || a.BatchNorm == Released) && a.DataHash != b.DataHash:
		return fmt.Errorf("features of %s and of %s have batch-norm statistics of their own training images: extract both as splits of one data set, such as folder:DIR with the real images in DIR/train and the others in DIR/test", a.Data, b.Data)
	}
	return nil
}

// SameSpaces is SameSpace for the sets of Sets: those that are splits of folders are compared with
// the first that is one. Nothing is known of NumPy files.
func SameSpaces(names ...string) error {
	var first *Meta
	for _, name := range names {
		at := strings.LastIndex(name, ":")
		if _, err := os.Stat(name); err == nil || at < 0 {
			continue
		}
		m, err := ReadMeta(name[:at])
		if err != nil {
			return err
		}
		if first == nil {
			first = m
		}
		if err := SameSpace(first, m); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
