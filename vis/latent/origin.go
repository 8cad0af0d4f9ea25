package latent

import (
	"fmt"
	"strconv"
	"strings"

	"repbench/vis"
)

// Source says which vectors were given for a part of a figure: a, left, base.
type Source struct {
	// Name is the value of the option that names them: "3,17,40" or "left.npy"; "": no option does.
	Name string
	// Numbers are their numbers in the sheet, or their rows in the file of z; nil: they are in neither.
	Numbers []int
}

// Origin says where the z of a figure are from, so that the figure can be made again.
type Origin struct {
	// File holds the z, and numbers are its rows; "": they were drawn from the seed.
	File string
	// Sheet is the number of images of the sheet that numbers refer to; 0: there was none.
	Sheet int
	// By says who chose the exemplars: "reader"; "": the options did.
	By string
}

// Origin says where the vectors of a pool are from.
func (p Pool) Origin() Origin {
	if p.File != "" {
		return Origin{File: p.File}
	}
	return Origin{Sheet: p.N}
}

// List names numbers as the options read them: "3,17,40".
func List(numbers []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", ",")
}

// SourceOf names vectors of a pool by their numbers.
func SourceOf(numbers []int) Source { return Source{Name: List(numbers), Numbers: numbers} }

// set adds the settings of an origin and of the seed, as the options are named.
func (o Origin) set(r *vis.Result, seed uint64) {
	if o.File != "" {
		r.Set("z", o.File)
	}
	if o.Sheet > 0 {
		r.Set("n", o.Sheet)
	}
	r.Set("seed", seed)
	if o.By != "" {
		r.Set("exemplars_by", o.By)
	}
}

// numbered says in a heading what the numbers below images are; "" where there are none.
func (o Origin) numbered(seed uint64, all ...Source) string {
	for _, s := range all {
		switch {
		case s.Numbers == nil:
		case o.File != "":
			return fmt.Sprintf(" (numbers: rows of %s)", o.File)
		default:
			return fmt.Sprintf(" (numbers: samples of seed %d)", seed)
		}
	}
	return ""
}

// set adds the setting of an option, as it was given; where it was not, the number n of its vectors.
func (s Source) set(r *vis.Result, option string, n int) {
	if s.Name == "" {
		r.Set(option+"_vectors", n)
		return
	}
	r.Set(option, s.Name)
}

// captions are the numbers of the first n vectors; nil where they have none.
func (s Source) captions(n int) []string {
	if len(s.Numbers) < n {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(s.Numbers[i])
	}
	return out
}

// name is what vector i is called beside a row: by its number, else by its place.
func (s Source) name(what string, i int) string {
	if i < len(s.Numbers) {
		return fmt.Sprintf("%s %d", what, s.Numbers[i])
	}
	return fmt.Sprintf("%s no. %d", what, i+1)
}
