package search

import (
	"testing"

	"repbench/eval/neighbours"
)

// FuzzDecodeKept: any file gives neighbours of the searched rows or nothing, without a panic, and
// never more queries than were asked.
func FuzzDecodeKept(f *testing.F) {
	near := []neighbours.Match{{Row: 3, Square: 9, Distance: 3}, {Row: 1, Square: 16, Distance: 4, DY: -1, DX: 2, Mirrored: true}}
	good := append([]byte(keptMagic+"key"), encodeKept(nil, near)...)
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Fuzz(func(t *testing.T, data []byte) {
		found, bytes := decodeKept(data, "key", 2, 2, 5)
		if len(found) > 4 || bytes > len(data) || len(found)%2 != 0 {
			t.Fatalf("%d neighbours in %d bytes", len(found), bytes)
		}
		for _, m := range found {
			if m.Row < 0 || m.Row >= 5 || !(m.Distance >= 0) {
				t.Fatalf("%+v", m)
			}
		}
	})
}
