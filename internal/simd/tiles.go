package simd

// MatrixTile returns the tile of the instruction set in use.
func MatrixTile() *Tile { return active.tile }

// MatrixTiles returns the tiles of all instruction sets that this machine can
// run, best first. Tests compare them.
func MatrixTiles() []*Tile {
	var ts []*Tile
	for _, k := range supported() {
		ts = append(ts, k.tile)
	}
	return ts
}

// MatrixByteTile returns the tile of the instruction set in use, nil if it would not be faster
// than the tile of floats.
func MatrixByteTile() *ByteTile { return active.bytes }

// MatrixByteTiles returns all tiles that this machine can run, best first; the last one is in
// plain Go. Tests compare them.
func MatrixByteTiles() []*ByteTile {
	var ts []*ByteTile
	for _, k := range supported() {
		if k.bytes != nil {
			ts = append(ts, k.bytes)
		}
	}
	return append(ts, portableBytes)
}

// Wide returns the float64 tile of the instruction set in use.
func Wide() *WideTile { return active.wide }

// Wides returns the float64 tiles of all instruction sets that this machine can run, best
// first. Tests compare them.
func Wides() []*WideTile {
	var ts []*WideTile
	for _, k := range supported() {
		ts = append(ts, k.wide)
	}
	return ts
}

// Rows64 returns the float64 row kernels of the instruction set in use.
func Rows64() *WideRows { return active.rows64 }

// AllRows64 returns the float64 row kernels of all instruction sets that this machine can
// run, best first. Tests compare them.
func AllRows64() []*WideRows {
	var ws []*WideRows
	for _, k := range supported() {
		ws = append(ws, k.rows64)
	}
	return ws
}
