package engine

import (
	"slices"
	"sort"
)

// storage is a part of the arena that one value after the other uses.
type storage struct{ offset, bytes int }

// line is the alignment of temporaries in bytes.
const line = 64

// plan gives every temporary a place in the arena, where possible the place of a value that is
// no longer needed.
func (c *compiler) plan() {
	p := c.program
	for i, s := range p.steps {
		for _, v := range s.reads {
			v.last = i
		}
		for _, v := range s.writes {
			v.last = max(v.last, i)
		}
	}
	for _, o := range p.outputs {
		o.value.last = len(p.steps)
	}
	var a arena
	for i, s := range p.steps {
		for _, w := range s.writes {
			c.place(&a, i, s, w)
		}
		for _, v := range append(append([]*value(nil), s.reads...), s.writes...) {
			if v.storage != nil && v.last == i && !a.isFree(v.storage) && !c.inUse(v.storage, i) {
				a.free(v.storage)
			}
		}
	}
	p.arena = a.size
}

// inUse reports whether s holds a value that a later step uses.
func (c *compiler) inUse(s *storage, step int) bool {
	for _, v := range c.program.values {
		if v.storage == s && v.last > step {
			return true
		}
	}
	return false
}

// place allocates memory for a written value.
func (c *compiler) place(a *arena, i int, s step, w *value) {
	if w.bytes == 0 || w.storage != nil || (w.place != inArena && w.place != inOutput) {
		return
	}
	for _, r := range s.reuse {
		read := r[1]
		if r[0] != w || read.last != i || read.bytes != w.bytes || c.taken(s, w, read) {
			continue
		}
		switch {
		case w.place == inArena && read.place == inArena && read.storage != nil:
			w.storage, w.offset = read.storage, read.offset
			return
		case w.place == inOutput && read.place == inInput && w.from == nil:
			w.from = read
			return
		}
	}
	if w.place == inArena {
		w.storage = a.take(w.bytes)
		w.offset = w.storage.offset
	}
}

// taken reports whether the memory of read already holds another output of the step, or belongs
// to an input that an output of the program replaces.
func (c *compiler) taken(s step, w, read *value) bool {
	for _, other := range s.writes {
		if other != w && read.storage != nil && other.storage == read.storage {
			return true
		}
	}
	return slices.ContainsFunc(c.program.values, func(v *value) bool { return v.from == read })
}

// arena allocates parts of a growing range of bytes, at the lowest offset that fits.
type arena struct {
	size int
	gaps []storage // free parts, by offset, not adjacent to each other
}

func (a *arena) take(bytes int) *storage {
	bytes = (bytes + line - 1) / line * line
	for i, g := range a.gaps {
		if g.bytes >= bytes {
			s := &storage{g.offset, bytes}
			a.gaps[i] = storage{g.offset + bytes, g.bytes - bytes}
			if a.gaps[i].bytes == 0 {
				a.gaps = slices.Delete(a.gaps, i, i+1)
			}
			return s
		}
	}
	// A gap at the end is extended.
	offset := a.size
	if n := len(a.gaps); n > 0 && a.gaps[n-1].offset+a.gaps[n-1].bytes == a.size {
		offset = a.gaps[n-1].offset
		a.gaps = a.gaps[:n-1]
	}
	a.size = offset + bytes
	return &storage{offset, bytes}
}

func (a *arena) free(s *storage) {
	i := sort.Search(len(a.gaps), func(i int) bool { return a.gaps[i].offset > s.offset })
	a.gaps = slices.Insert(a.gaps, i, *s)
	if i+1 < len(a.gaps) && a.gaps[i].offset+a.gaps[i].bytes == a.gaps[i+1].offset {
		a.gaps[i].bytes += a.gaps[i+1].bytes
		a.gaps = slices.Delete(a.gaps, i+1, i+2)
	}
	if i > 0 && a.gaps[i-1].offset+a.gaps[i-1].bytes == a.gaps[i].offset {
		a.gaps[i-1].bytes += a.gaps[i].bytes
		a.gaps = slices.Delete(a.gaps, i, i+1)
	}
}

// isFree reports whether s is free.
func (a *arena) isFree(s *storage) bool {
	for _, g := range a.gaps {
		if s.offset >= g.offset && s.offset+s.bytes <= g.offset+g.bytes {
			return true
		}
	}
	return false
}
