package fusion

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// randomInput returns an operand over the dimensions, with some axes broadcast,
// exchanged, reversed or with gaps, and its memory.
func randomInput(rng *rand.Rand, dims []int) (Input, *array) {
	in := Input{Type: Type(rng.IntN(int(numTypes))), Strides: rowMajor(dims, nil)}
	if rng.IntN(2) == 0 {
		in.Type = Float32
	}
	if rng.IntN(3) == 0 {
		return in, randomArray(rng, in.Type, product(dims))
	}
	n := 1
	for _, a := range rng.Perm(len(dims)) {
		switch rng.IntN(5) {
		case 0, 1:
			in.Strides[a] = 0
		case 2:
			in.Strides[a] = 2 * n
			n *= 2 * dims[a]
		default:
			in.Strides[a] = n
			n *= dims[a]
		}
	}
	if len(dims) > 0 && rng.IntN(4) == 0 {
		a := rng.IntN(len(dims))
		in.Strides[a] = -in.Strides[a]
	}
	low, high := 0, 0
	for a, s := range in.Strides {
		low += min(0, s*(dims[a]-1))
		high += max(0, s*(dims[a]-1))
	}
	in.Offset = rng.IntN(3) - low
	return in, randomArray(rng, in.Type, max(1, in.Offset+high+1))
}

// logical reports whether an operation accepts only 0 and 1.
func logical(op Op) bool { return op >= And && op <= Not }

// tame lists operations whose results vary little between instruction sets and stay small in
// short chains of small numbers.
var tame = []Op{Add, Sub, Mul, Max, Min, Neg, Abs, Sign, Tanh, Logistic, Floor, Ceil, Round, Select, Equal, Less, LessOrEqual, NotEqual, RoundBF16, RoundF16, TruncInt8}

func randomProgram(rng *rand.Rand, dims []int, all bool) (Program, []*array) {
	p := Program{Dims: dims}
	var in []*array
	isLogical := []bool{}
	for range 1 + rng.IntN(4) {
		i, a := randomInput(rng, dims)
		p.Inputs = append(p.Inputs, i)
		in = append(in, a)
		isLogical = append(isLogical, i.Type == Bool)
	}
	for range rng.IntN(12) {
		instr := randomInstr(rng, isLogical, all)
		p.Instrs = append(p.Instrs, instr)
		isLogical = append(isLogical, instr.Op >= Equal && instr.Op <= Not)
	}
	for range 1 + rng.IntN(4) {
		p.Outputs = append(p.Outputs, randomOutput(rng, len(p.Inputs)+len(p.Instrs), len(dims)))
	}
	return p, in
}

func randomInstr(rng *rand.Rand, isLogical []bool, all bool) Instr {
	in := Instr{Op: tame[rng.IntN(len(tame))]}
	if all {
		in.Op = Op(rng.IntN(int(numOps)))
	}
	if rng.IntN(8) == 0 {
		in.Op = Const
		in.Value = []float32{0, 1, -1, 2, 0.5, 3}[rng.IntN(6)]
	}
	if logical(in.Op) && !slices.Contains(isLogical, true) {
		in.Op = Less
	}
	for i := range in.Args {
		in.Args[i] = rng.IntN(len(isLogical))
		for logical(in.Op) && !isLogical[in.Args[i]] {
			in.Args[i] = rng.IntN(len(isLogical))
		}
	}
	return in
}

func randomOutput(rng *rand.Rand, values, rank int) Output {
	o := Output{Value: rng.IntN(values), Type: Float32}
	if rng.IntN(2) == 0 {
		o.Reduce = []Reduce{ReduceSum, ReduceMax, ReduceMin}[rng.IntN(3)]
		for a := range rank {
			if rng.IntN(2) == 0 {
				o.Axes = append(o.Axes, a)
			}
		}
	} else if rng.IntN(3) == 0 {
		o.Type = Type(rng.IntN(int(numTypes)))
	}
	return o
}

// randomPlaces lets some outputs use the memory of inputs where that is allowed.
func randomPlaces(rng *rand.Rand, p Program, inPlace [][]bool) []int {
	places := slices.Repeat([]int{-1}, len(p.Outputs))
	for i := range places {
		j := rng.IntN(len(p.Inputs))
		if inPlace[i][j] && !slices.Contains(places, j) && rng.IntN(2) == 0 {
			places[i] = j
		}
	}
	return places
}

var randomDims = [][]int{
	{}, {1}, {2}, {7}, {300}, {2047}, {2049}, {5000}, {1, 1, 1},
	{3, 5}, {17, 64}, {64, 17}, {500, 3}, {3, 700}, {2, 2100}, {2500, 2},
	{4, 5, 6}, {2, 1, 9}, {9, 16, 33}, {33, 9, 16}, {2, 3, 1500}, {40, 3, 2},
	{2, 3, 4, 5}, {5, 4, 3, 64}, {3, 1, 5, 1, 7}, {2, 2, 2, 2, 2, 2},
	{0}, {3, 0}, {0, 3}, {2, 0, 2},
}

func TestRandomPrograms(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("ROUNDS"))
	if testing.Short() {
		rounds = 1
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		for _, dims := range randomDims {
			for _, all := range []bool{false, true} {
				p, in := randomProgram(rng, dims, all)
				if all {
					dropSums(&p)
				}
				l := randomLimits(rng)
				verify(t, p, l, in, nil)
				if k, err := compile(p, l); err == nil && k.plan != nil {
					verify(t, p, l, in, randomPlaces(rng, p, k.inPlace))
				}
			}
		}
	}
}

// randomLimits cuts small spaces into as many tiles and tasks as large spaces are cut into.
func randomLimits(rng *rand.Rand) limits {
	l := standard
	if rng.IntN(4) > 0 {
		l.maxTile = 16 << rng.IntN(5)
		l.minTile = l.maxTile >> rng.IntN(2)
		l.taskWork = 50 << rng.IntN(6)
		l.maxShared = 100 << rng.IntN(10)
	}
	return l
}

// dropSums turns sums into maxima: sums of infinite and huge values have no error bound.
func dropSums(p *Program) {
	for i := range p.Outputs {
		if p.Outputs[i].Reduce == ReduceSum {
			p.Outputs[i].Reduce = ReduceMax
		}
	}
}
