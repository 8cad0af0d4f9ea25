package nearest

import (
	"fmt"
	"strings"
)

// Score says how suspicious it is that a generated image lies at the distances d₁ ≤ d₂ ≤ …
// from its nearest training images. Small values are suspicious.
type Score int

// The scores. The zero value is the default of the command.
const (
	// Ratio is d₁/d₂, after T. Yoon et al., "Diffusion probabilistic models generalize when
	// they fail to memorize", 2023, whose threshold is 1/3. It does not depend on how near
	// to all images an image lies, as smooth images do.
	Ratio Score = iota
	// Distance is d₁, as in the nnd of the code released with DCGAN and in the "distance to
	// the closest record" of tabular data.
	Distance
	// Carlini is d₁ / (½ · mean of d₁ … d₅₀), the nearest included: N. Carlini et al.,
	// "Extracting training data from diffusion models", 2023, section 4.2, as it is usually
	// read (n 50, α ½): the 50 training images nearest to the generated one.
	Carlini
	// CarliniTrain is d₁ / (½ · mean distance of the nearest training image from the 50
	// other training images nearest to it), the other reading of the notation there.
	CarliniTrain
	// Authenticity is d₁ / distance of the nearest training image from the training image
	// nearest to it; above 1 the image is authentic: A. Alaa et al., "How faithful is your
	// synthetic data?", 2022, section 4.
	Authenticity
	ScoreCount
)

var scoreNames = [ScoreCount]string{"ratio", "distance", "carlini", "carlini-train", "authenticity"}

// ScoreNames are the names of all scores, the default first.
func ScoreNames() []string { return scoreNames[:] }

// String returns "ratio", "distance", "carlini", "carlini-train" or "authenticity".
func (s Score) String() string {
	if s < 0 || s >= ScoreCount {
		return fmt.Sprintf("Score(%d)", int(s))
	}
	return scoreNames[s]
}

// ParseScore is the inverse of String; "" is Ratio.
func ParseScore(name string) (Score, error) {
	if name == "" {
		return Ratio, nil
	}
	for s, n := range scoreNames {
		if n == name {
			return Score(s), nil
		}
	}
	return 0, fmt.Errorf("no score %q; there are %s", name, strings.Join(scoreNames[:], ", "))
}

// MarshalText implements encoding.TextMarshaler.
func (s Score) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Score) UnmarshalText(text []byte) (err error) {
	*s, err = ParseScore(string(text))
	return err
}

// Formula is the definition in one line, for reports.
func (s Score) Formula() string {
	return [ScoreCount]string{
		"distance of the nearest training image / distance of the second nearest",
		"distance of the nearest training image",
		"distance of the nearest training image / half the mean distance of the 50 nearest",
		"distance of the nearest training image / half the mean distance between it and the 50 training images nearest to it",
		"distance of the nearest training image / distance between it and the training image nearest to it",
	}[s]
}

// Wide is the number of neighbours in the scores after Carlini et al.
const Wide = 50

// Neighbours is the number of nearest training rows of each query that the score needs.
func (s Score) Neighbours() int {
	switch s {
	case Ratio:
		return 2
	case Carlini:
		return Wide
	}
	return 1
}

// OwnNeighbours is the number of distances of each training row found from other training rows
// that the score needs, see TrainNear; 0: none.
func (s Score) OwnNeighbours() int {
	switch s {
	case CarliniTrain:
		return Wide
	case Authenticity:
		return 1
	}
	return 0
}

// TrainRows is the smallest number of training images that the score can be computed with.
func (s Score) TrainRows() int {
	switch s {
	case Distance:
		return 1
	case Carlini, CarliniTrain:
		return Wide + 1
	}
	return 2
}

// CheckTrain is an error if there are too few training images for the score.
func (s Score) CheckTrain(rows int) error {
	need := s.TrainRows()
	if rows < need && (s == Ratio || s == Carlini) {
		return fmt.Errorf("ratio needs at least 2 training images, carlini 51; there are %d", rows)
	}
	if rows < need {
		return fmt.Errorf("%s needs at least %d training images; there are %d", s, need, rows)
	}
	return nil
}
