package shapes

import "fmt"

// Kind is a kind of background texture. Its JSON form is its name.
type Kind uint8

// The kinds of texture.
const (
	Plain    Kind = iota // one colour
	Gradient             // from one colour to the other across the image
	Stripes              // parallel bands
	Checks               // a chess board
	Dots                 // discs of B on a square lattice
	Blobs                // smooth noise between the colours
	numKinds
)

var kindNames = [numKinds]string{"plain", "gradient", "stripes", "checks", "dots", "blobs"}

// String returns the name, for example "stripes".
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText returns the name; an unknown kind is an error.
func (k Kind) MarshalText() ([]byte, error) {
	if k >= numKinds {
		return nil, fmt.Errorf("shapes: unknown background kind %d; use one of %v", uint8(k), kindNames)
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText reads a name; an unknown name gives an error that lists the known ones.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("shapes: unknown background kind %q; use one of %v", text, kindNames)
}
