package engine

// group is a fused elementwise program.
type group struct{}

func (g *group) endsWith(*Node) bool { return true }

func (c *compiler) partition([]*Op)        {}
func (c *compiler) inlined(*Node) bool     { return false }
func (c *compiler) emitGroup(*group) error { return nil }
