package fusion

// place gives each node a slot and replaces node numbers in the steps by slot numbers.
// Constants, inputs that do not change, and the sums of deferred reductions have a separate
// slot each. The other values that are not in the operands' memory share slots by liveness.
func (s *scheduler) place() {
	for v := range s.nodes {
		n := &s.nodes[v]
		if n.op == Const {
			c, _ := s.value(v)
			s.constants = append(s.constants, filled{s.newSlot(v), c})
		} else if s.isKept(v) {
			s.newSlot(v)
		}
	}
	for _, r := range s.plan.reductions {
		if r.deferred {
			r.sums = s.slots
			s.slots++
		}
	}
	s.share()
	for v := range s.nodes {
		if of := s.memory(v); of >= 0 {
			s.slot[v] = s.slots + len(s.direct)
			s.direct = append(s.direct, placed{slot: s.slot[v], of: of})
		}
	}
	for i := range s.steps {
		st := &s.steps[i]
		if st.writes() {
			st.dst = s.slot[st.dst]
		}
		for _, r := range st.reads() {
			*r = s.slot[*r]
		}
	}
}

// memory returns the operand whose memory holds node v, or -1.
func (s *scheduler) memory(v int) int {
	if s.isDirect(v) {
		return s.nodes[v].args[0]
	}
	return s.home[v]
}

// newSlot gives node v a slot that no other node has.
func (s *scheduler) newSlot(v int) int {
	s.slot[v] = s.slots
	s.slots++
	return s.slot[v]
}

// share gives slots to the nodes that still need one. A slot is free again after the last step
// that reads it; that step may also write it.
func (s *scheduler) share() {
	last := make([]int, len(s.nodes))
	for i := range s.steps {
		for _, v := range s.steps[i].reads() {
			last[*v] = i
		}
	}
	var free []int
	shares := make([]bool, len(s.nodes))
	for i := range s.steps {
		st := &s.steps[i]
		for _, v := range st.reads() {
			if shares[*v] && last[*v] == i {
				shares[*v] = false
				free = append(free, s.slot[*v])
			}
		}
		if !st.writes() || s.slot[st.dst] >= 0 || s.home[st.dst] >= 0 {
			continue
		}
		shares[st.dst] = true
		if n := len(free); n > 0 {
			s.slot[st.dst], free = free[n-1], free[:n-1]
		} else {
			s.newSlot(st.dst)
		}
	}
}
