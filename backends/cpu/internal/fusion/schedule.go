package fusion

import "slices"

// stepKind decides which fields of a step are used.
type stepKind int

const (
	unaryStep  stepKind = iota
	binaryStep          // dst = f(a, b)
	selectStep          // dst = a != 0 ? b : c
	halfStep            // dst = a rounded to another type
	loadStep            // dst = a tile of operand at
	keptStep            // like loadStep, but skipped if dst still holds the tile of the previous step
	storeStep           // a is stored in a tile of operand at
	reduceStep          // a is added to reduction at
)

// step is one call of a kernel on slots. While a schedule is made, dst, a, b and c are numbers
// of nodes.
type step struct {
	kind    stepKind
	dst     int
	a, b, c int
	at      int
	unary   func(dst, a []float32)
	binary  func(dst, a, b []float32)
	half    *halfKind
}

// reads returns the fields that hold the slots the step reads.
func (s *step) reads() []*int {
	switch s.kind {
	case binaryStep:
		return []*int{&s.a, &s.b}
	case selectStep:
		return []*int{&s.a, &s.b, &s.c}
	case loadStep, keptStep:
		return nil
	default:
		return []*int{&s.a}
	}
}

// writes reports whether the step writes slot dst.
func (s *step) writes() bool { return s.kind < storeStep }

// placed is a slot and the operand or node that it holds.
type placed struct{ slot, of int }

// filled is a slot that holds a constant.
type filled struct {
	slot  int
	value float32
}

// schedule is the work on a tile: steps on numbered slots. Slots below the field slots are
// tiles of scratch memory; the others are in the operands' memory.
type schedule struct {
	steps     []step
	slots     int
	constants []filled
	direct    []placed // slots that are tiles of dense operands
	// hazards[i][j] reports that output i is written before input j is read for the last time,
	// so that they must not share memory.
	hazards [][]bool
	used    []bool // the inputs that are read
}

// scheduler makes a schedule.
type scheduler struct {
	*graph
	schedule
	plan    *plan
	outputs []Output
	safe    bool
	started []bool // nodes that have their steps
	home    []int  // per node, the output operand it is computed in, or -1
	slot    []int  // per node, or -1
	stores  []step // postponed to the end of a tile
}

func newSchedule(pr *problem, p *plan) schedule {
	s := &scheduler{graph: pr.graph, plan: p, outputs: pr.outputs, safe: pr.safe}
	s.started = make([]bool, len(s.nodes))
	s.home = slices.Repeat([]int{-1}, len(s.nodes))
	s.slot = slices.Repeat([]int{-1}, len(s.nodes))
	for v := range s.nodes {
		if s.nodes[v].op != opInput || s.isOutput(v) {
			s.start(v)
		}
	}
	s.steps = append(s.steps, s.stores...)
	s.findHazards()
	s.place()
	return s.schedule
}

func (s *scheduler) emit(st step) { s.steps = append(s.steps, st) }

func (s *scheduler) isOutput(v int) bool { return slices.Contains(s.results, v) }

// start emits the steps that compute, store and reduce node v.
func (s *scheduler) start(v int) {
	if s.started[v] {
		return
	}
	s.started[v] = true
	n := &s.nodes[v]
	for _, a := range n.operands() {
		s.start(a)
	}
	switch {
	case n.op == opInput:
		s.emitLoad(v, n.args[0])
	case n.op != Const:
		s.home[v] = s.homeOf(v)
		s.emitOp(v, n)
	}
	for i, node := range s.results {
		if node == v {
			s.emitSink(v, i)
		}
	}
}

func (s *scheduler) emitOp(v int, n *node) {
	info := &ops[n.op]
	st := step{dst: v, a: n.args[0], b: n.args[1], c: n.args[2], unary: info.unary, binary: info.binary, half: info.half}
	switch {
	case n.op == Select:
		st.kind = selectStep
	case info.half != nil:
		st.kind = halfStep
	case info.args == 2:
		st.kind = binaryStep
	}
	s.emit(st)
}

// emitLoad emits a load of an input that is not used in place.
func (s *scheduler) emitLoad(v, input int) {
	switch {
	case s.isDirect(v):
	case s.isKept(v):
		s.emit(step{kind: keptStep, dst: v, at: input})
	default:
		s.emit(step{kind: loadStep, dst: v, at: input})
	}
}

// isDirect reports whether node v is an input that is used in place. If outputs are stored
// last, an input that is itself an output is copied first.
func (s *scheduler) isDirect(v int) bool {
	n := &s.nodes[v]
	if n.op != opInput {
		return false
	}
	o := &s.plan.operands[n.args[0]]
	return o.typ == Float32 && contiguous(o.runs) && !(s.safe && s.isOutput(v))
}

// isKept reports whether node v is an input that does not change in the innermost loop.
func (s *scheduler) isKept(v int) bool {
	n := &s.nodes[v]
	if n.op != opInput || s.isDirect(v) {
		return false
	}
	steps := s.plan.operands[n.args[0]].steps
	return len(steps) == 0 || steps[len(steps)-1] == 0
}

// homeOf returns the operand of the first output in whose memory node v can be computed, or -1.
func (s *scheduler) homeOf(v int) int {
	for i, o := range s.outputs {
		if s.results[i] == v && o.Reduce == None && o.Type == Float32 && !s.safe && contiguous(s.plan.operands[s.plan.inputs+i].runs) {
			return s.plan.inputs + i
		}
	}
	return -1
}

// emitSink emits the step that stores or reduces node v for output i.
func (s *scheduler) emitSink(v, i int) {
	operand := s.plan.inputs + i
	if s.outputs[i].Reduce != None {
		r := slices.IndexFunc(s.plan.reductions, func(r *reduction) bool { return r.output == i })
		s.emit(step{kind: reduceStep, a: v, at: r})
		return
	}
	if s.home[v] == operand {
		return
	}
	st := step{kind: storeStep, a: v, at: operand}
	if s.safe {
		s.stores = append(s.stores, st)
		return
	}
	s.emit(st)
}

// findHazards compares the steps that write outputs with the steps that read inputs.
func (s *scheduler) findHazards() {
	written := make([]int, len(s.outputs))
	read := slices.Repeat([]int{-1}, s.plan.inputs)
	for i := range s.steps {
		st := &s.steps[i]
		for _, v := range st.reads() {
			if n := &s.nodes[*v]; s.isDirect(*v) {
				read[n.args[0]] = i
			}
		}
		switch {
		case st.kind == loadStep || st.kind == keptStep:
			read[st.at] = i
		case st.kind == storeStep:
			written[st.at-s.plan.inputs] = i
		case st.writes() && s.home[st.dst] >= 0:
			written[s.home[st.dst]-s.plan.inputs] = i
		}
	}
	for _, r := range read {
		s.used = append(s.used, r >= 0)
	}
	for i := range written {
		row := make([]bool, s.plan.inputs)
		for j := range row {
			row[j] = read[j] > written[i]
		}
		s.hazards = append(s.hazards, row)
	}
}
