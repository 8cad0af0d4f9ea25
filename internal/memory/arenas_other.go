//go:build !linux

package memory

func mapped(n int) (arena, error) {
	b := Bytes(n)
	return arena{b, b}, nil
}

func unmap([]byte) {}

func reserved(int) ([]byte, bool) { return nil, false }
