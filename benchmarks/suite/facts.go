package suite

import (
	"fmt"
	"strings"

	"repbench/datasets"
)

// facts are what a suite means on a machine: the hashes of its data sets and of weights. They are kept
// in suite.json, so that a large set is read once and a set that changed is noticed.
type facts struct {
	// Sets are the data sets that were opened.
	Sets []set `json:"sets"`
	// Encoders are the encoders that are not trained here.
	Encoders []known `json:"known_encoders"`
}

// set is a data set that was opened.
type set struct {
	// Spec, Seed, Keep, Links and Rotate say how it was opened, Size at which size of images; 0: any.
	Spec   string   `json:"spec"`
	Seed   uint64   `json:"seed"`
	Size   int      `json:"size,omitempty"`
	Keep   []string `json:"keep,omitempty"`
	Links  bool     `json:"follow-links,omitempty"`
	Rotate bool     `json:"exif-rotate,omitempty"`
	// Hash is the hash of the decoded content.
	Hash string `json:"hash"`
}

// known is what is known of an encoder.
type known struct {
	Name string `json:"name"`
	// ImageSize is the side of the images that it takes; 0: any.
	ImageSize int `json:"image_size,omitempty"`
	// WeightsHash is the hash of its weights; "" where they are drawn from the seed, or learned.
	WeightsHash string `json:"weights_hash,omitempty"`
}

// key is a set without its hash. Only the built-in set has images of any size.
func (d *Data) key(size int) set {
	k := set{Spec: d.spec(), Seed: d.Seed, Keep: d.Keep, Links: d.FollowLinks, Rotate: d.ExifRotate}
	if s, err := datasets.ParseSpec(k.Spec); err == nil && s.Name == "shapes" {
		k.Size = size
	}
	return k
}

// find is the set of a key; nil: it was not opened.
func (f *facts) find(k set) *set {
	for i, s := range f.Sets {
		if s.Spec == k.Spec && s.Seed == k.Seed && s.Size == k.Size && s.Links == k.Links && s.Rotate == k.Rotate && strings.Join(s.Keep, "\n") == strings.Join(k.Keep, "\n") {
			return &f.Sets[i]
		}
	}
	return nil
}

// hash is the hash of a data set for images of a size; "" where it was not opened.
func (f *facts) hash(d *Data, size int) string {
	if s := f.find(d.key(size)); s != nil {
		return s.Hash
	}
	return ""
}

// encoder is what is known of an encoder.
func (f *facts) encoder(name string) known {
	for _, e := range f.Encoders {
		if e.Name == name {
			return e
		}
	}
	return known{}
}

// size is the side of the images that an encoder takes; 0: any.
func (f *facts) size(e *Encoder) int {
	if e.Train != nil {
		return e.Train.imageSize()
	}
	return f.encoder(e.Name).ImageSize
}

// isSupervised reports whether an encoder is one that a protocol trains.
func isSupervised(e *Encoder) bool { return strings.HasPrefix(e.Spec, "supervised:") }

// trainingData is the data set of an encoder's training and the size of its images: a data set of the
// suite of that name, or another one.
func (s *Suite) trainingData(e *Encoder) (*Data, int) {
	size := e.Train.imageSize()
	for i := range s.Data {
		if s.Data[i].Name == e.Train.Data {
			d := s.Data[i]
			d.Keep = append(append([]string(nil), d.Keep...), e.Train.Keep...)
			return &d, size
		}
	}
	return &Data{Name: e.Train.Data, Spec: e.Train.Data, Seed: 1, Keep: e.Train.Keep}, size
}

// reading is how the files of a set are read.
func (d *Data) reading() datasets.Options {
	seed := int64(d.Seed)
	return datasets.Options{Seed: &seed, Keep: d.Keep, FollowLinks: d.FollowLinks, ExifRotate: d.ExifRotate}
}

// uses reports whether any cell joins an encoder and a data set.
func (s *Suite) uses(e *Encoder, d *Data) bool {
	for p := range s.Protocols {
		if take, _ := s.takes(e, d, &s.Protocols[p]); take {
			return true
		}
	}
	return false
}

// checkTrainingData refuses a training on a set that is neither of the suite nor known.
func checkTrainingData(s *Suite, e *Encoder, d *Data) error {
	if _, err := datasets.ParseSpec(d.spec()); err != nil {
		var names []string
		for _, d := range s.Data {
			names = append(names, d.Name)
		}
		return fmt.Errorf("encoder %q: train: data %q is no [[data]] of the suite (%s), and %w", e.Name, e.Train.Data, strings.Join(names, ", "), err)
	}
	return nil
}

// supervisedSize is the size of the images of a network that a protocol trains.
func (s *Suite) supervisedSize(e *Encoder) int {
	for _, p := range s.Protocols {
		if o, ok := p.Options.(*Supervised); ok && o.encoder() == e.Name {
			return o.run.Arch.ImageSize
		}
	}
	return 0
}
