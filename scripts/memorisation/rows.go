package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"repbench/internal/npy"
)

// part is what one argument of rows asks for.
type part struct {
	path     string
	from, to int
	seed     uint64 // 0: as stored
}

func parsePart(text string) (part, error) {
	fields := strings.Split(text, ":")
	bad := fmt.Errorf("%q is not IN.npy:FROM:TO[:SEED]", text)
	if len(fields) < 3 || len(fields) > 4 {
		return part{}, bad
	}
	p := part{path: fields[0]}
	var errs [3]error
	p.from, errs[0] = strconv.Atoi(fields[1])
	p.to, errs[1] = strconv.Atoi(fields[2])
	if len(fields) == 4 {
		p.seed, errs[2] = strconv.ParseUint(fields[3], 10, 64)
	}
	if errs != [3]error{} || p.from < 0 || p.to <= p.from {
		return part{}, bad
	}
	return p, nil
}

// rows writes the parts one after the other.
func rows(out string, args []string) error {
	var shape []int
	var data []uint8
	for _, text := range args {
		p, err := parsePart(text)
		if err != nil {
			return err
		}
		s, d, err := npy.Read[uint8](p.path)
		if err != nil {
			return err
		}
		if len(s) < 2 || p.to > s[0] || shape != nil && !slices.Equal(s[1:], shape[1:]) {
			return fmt.Errorf("%s is of %v; rows %d to %d of %v are wanted", p.path, s, p.from, p.to, shape)
		}
		size := len(d) / s[0]
		for _, i := range p.order(s[0]) {
			data = append(data, d[i*size:(i+1)*size]...)
		}
		if shape == nil {
			shape = append([]int{0}, s[1:]...)
		}
		shape[0] += p.to - p.from
	}
	return npy.Write(out, shape, data)
}

// order are the rows of the part, of n.
func (p part) order(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if p.seed > 0 {
		r := rand.New(rand.NewPCG(p.seed, 1))
		r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order[p.from:p.to]
}
