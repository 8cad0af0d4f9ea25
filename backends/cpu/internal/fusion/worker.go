package fusion

import (
	"unsafe"

	"repbench/internal/memory"
	"repbench/internal/simd"
)

// worker holds the memory of a thread that runs tasks of a plan.
type worker struct {
	*plan
	slots   [][]float32 // the scratch tiles, then the direct slots
	bits    []uint16    // scratch of a tile
	scratch []float32   // scratch of a tile
	kept    []keptTile  // per input
	at      []int       // per operand, the element where the tile begins

	start, count, index []int // per loop: the indices of the task and of the tile

	job     *job
	windows [][]float64 // per reduction
	own     []float64
	sums    []sums // per reduction
}

// keptTile records the content of the slot of an input that does not change: the first n
// elements of the tile at element at, of a run of the plan.
type keptTile struct {
	run   uint64
	at, n int
}

func newWorker(p *plan) *worker {
	size := p.size()
	loops := make([]int, 3*len(p.loops))
	w := &worker{
		plan: p,
		bits: make([]uint16, size), scratch: memory.Floats(size),
		kept: make([]keptTile, p.inputs), at: make([]int, len(p.operands)),
		start: loops[:len(p.loops)], count: loops[len(p.loops) : 2*len(p.loops)], index: loops[2*len(p.loops):],
		windows: make([][]float64, len(p.reductions)), own: make([]float64, p.own),
		sums: make([]sums, len(p.reductions)),
	}
	// Slots begin at different offsets within a page, so that loads need not wait for stores to
	// other slots whose addresses end in the same bits.
	pitch := ceilDiv(size, lineFloats)*lineFloats + lineFloats
	tiles := memory.Floats(pitch * p.slots)
	for i := range p.slots {
		w.slots = append(w.slots, tiles[i*pitch:][:size:size])
	}
	for _, c := range p.constants {
		simd.Fill(w.slots[c.slot], c.value)
	}
	w.slots = append(w.slots, make([][]float32, len(p.direct))...)
	return w
}

// task runs task t of a job.
func (w *worker) task(j *job, t int) {
	w.job = j
	w.span(w.loops, t, w.start, w.count)
	copy(w.index, w.start)
	w.openWindows(t)
	for more := true; more; more = w.next() {
		w.tile()
	}
	w.closeWindows()
	w.rest()
}

// openWindows prepares the windows of task t.
func (w *worker) openWindows(t int) {
	for i, r := range w.reductions {
		if r.shared {
			w.windows[i] = w.job.window(r, t)
		} else {
			w.windows[i] = w.own[r.first:][:r.size]
		}
		fill64(w.windows[i], r.kind.identity())
		w.sums[i] = sums{}
	}
	w.place()
}

// closeWindows stores the results of reductions that this task completes alone.
func (w *worker) closeWindows() {
	for i, r := range w.reductions {
		w.foldSums(i)
		if !r.shared {
			w.storeWindow(r, w.windows[i])
		}
	}
}

// place sets the operands to the tile at the current indices.
func (w *worker) place() {
	for i := range w.operands {
		o := &w.operands[i]
		at := o.offset
		for l, s := range o.steps {
			at += w.index[l] * s
			if o.window {
				at -= w.start[l] * s
			}
		}
		w.at[i] = at
	}
}

// next advances to the next tile of the task and reports whether there is one.
func (w *worker) next() bool {
	innermost := len(w.loops) - 1
	for l := innermost; l >= 0; l-- {
		w.index[l]++
		if w.index[l] == w.start[l]+w.count[l] {
			w.index[l] = w.start[l]
			continue
		}
		if l < innermost {
			w.place()
			return true
		}
		for i := range w.operands {
			w.at[i] += w.operands[i].steps[l]
		}
		return true
	}
	return false
}

// length returns the number of elements of the tile at the current indices.
func (w *worker) length() int {
	for l := range w.loops {
		if x := &w.loops[l]; x.axis == w.axis {
			return min(x.step, w.dims[x.axis]-w.index[l]*x.step) * w.inner
		}
	}
	return w.size()
}

// tile runs the steps on the tile at the current indices.
func (w *worker) tile() { w.run(w.length()) }

// run runs the steps on the first n elements of the tile at which the operands are placed.
func (w *worker) run(n int) {
	slots := w.slots
	for _, d := range w.direct {
		slots[d.slot] = unsafe.Slice((*float32)(unsafe.Add(w.job.memory[d.of], 4*w.at[d.of])), n)
	}
	for i := range w.steps {
		s := &w.steps[i]
		switch s.kind {
		case unaryStep:
			s.unary(slots[s.dst][:n], slots[s.a])
		case binaryStep:
			s.binary(slots[s.dst][:n], slots[s.a], slots[s.b])
		case selectStep:
			simd.Select(slots[s.dst][:n], slots[s.a], slots[s.b], slots[s.c])
		case halfStep:
			s.half.round(slots[s.dst][:n], slots[s.a], w.bits)
		case loadStep:
			w.load(slots[s.dst][:n], s.at)
		case keptStep:
			w.keep(slots[s.dst][:n], s.at)
		case storeStep:
			w.operands[s.at].save(w.job.memory[s.at], w.at[s.at], slots[s.a][:n])
		case reduceStep:
			w.reduce(s.at, slots[s.a][:n])
		}
	}
}

func (w *worker) load(dst []float32, input int) {
	w.operands[input].load(dst, w.job.memory[input], w.at[input], w.bits)
}

// keep loads a tile of an input unless its slot already holds it.
func (w *worker) keep(dst []float32, input int) {
	k := &w.kept[input]
	if k.run == w.job.serial && k.at == w.at[input] && k.n >= len(dst) {
		return
	}
	*k = keptTile{w.job.serial, w.at[input], len(dst)}
	w.load(dst, input)
}
