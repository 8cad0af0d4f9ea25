package search

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"repbench/eval/neighbours"
)

const (
	// keptMagic begins a file of neighbours; the key of the search follows, 32 bytes.
	keptMagic = "rbnear1\n"
	// matchSize is the number of bytes of a neighbour: row, square, distance, dy, dx, mirrored.
	matchSize = 4 + 8 + 8 + 3
	// keepEvery is how often what was found is made safe.
	keepEvery = 10 * time.Second
	// worthKeeping is the number of multiplications from which on a search is kept: seconds of
	// work.
	worthKeeping = 5e10
	// keptLock is held by the process that writes to the folder.
	keptLock = ".lock"
)

// Keeper keeps the neighbours that long searches found, one file a search. The zero value keeps
// nothing.
type Keeper struct {
	dir  string
	lock *flock.Flock
	all  bool // short searches are kept, too
}

// NewKeeper takes the folder, which it makes. While another process has it, nothing is kept.
func NewKeeper(dir string, all bool) (Keeper, error) {
	if dir == "" {
		return Keeper{}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Keeper{}, fmt.Errorf("keep what searches found: %w", err)
	}
	k := Keeper{dir: dir, lock: flock.New(filepath.Join(dir, keptLock)), all: all}
	ok, err := k.lock.TryLock()
	if err != nil {
		return Keeper{}, fmt.Errorf("lock %s: %w", dir, err)
	}
	if !ok {
		return Keeper{}, nil
	}
	return k, nil
}

// takes reports whether a search of so many multiplications is kept.
func (k Keeper) takes(work float64) bool { return k.dir != "" && (k.all || work >= worthKeeping) }

// Close gives the folder back.
func (k Keeper) Close() {
	if k.lock != nil {
		k.lock.Close()
	}
}

// keptFile is the file of a search under way.
type keptFile struct {
	file  *os.File
	saved time.Time
	line  []byte
}

// open returns the neighbours that the file of a search holds, k of each query and of at most n,
// and the file to add to.
func (k Keeper) open(key string, size, n int, rows int) (*keptFile, []neighbours.Match, error) {
	path := filepath.Join(k.dir, hex.EncodeToString([]byte(key)[:12])+".near")
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	found, good := decodeKept(data, key, size, n, rows)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	kept := &keptFile{file: f, saved: time.Now()}
	if good == 0 {
		data, good = append([]byte(keptMagic), key...), len(keptMagic)+len(key)
		if _, err := f.WriteAt(data, 0); err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
	}
	if err := f.Truncate(int64(good)); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	_, err = f.Seek(int64(good), io.SeekStart)
	return kept, found, err
}

// add writes the neighbours of the next query.
func (f *keptFile) add(near []neighbours.Match) error {
	f.line = encodeKept(f.line[:0], near)
	if _, err := f.file.Write(f.line); err != nil {
		return fmt.Errorf("keep what was found: %w", err)
	}
	if time.Since(f.saved) < keepEvery {
		return nil
	}
	f.saved = time.Now()
	return f.file.Sync()
}

// close makes the file safe.
func (f *keptFile) close() error { return errors.Join(f.file.Sync(), f.file.Close()) }

// encodeKept appends the neighbours of a query and a checksum.
func encodeKept(dst []byte, near []neighbours.Match) []byte {
	begin := len(dst)
	for _, m := range near {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(m.Row))
		dst = binary.LittleEndian.AppendUint64(dst, uint64(m.Square))
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(m.Distance))
		mirrored := byte(0)
		if m.Mirrored {
			mirrored = 1
		}
		dst = append(dst, byte(m.DY), byte(m.DX), mirrored)
	}
	return binary.LittleEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[begin:]))
}

// decodeKept reads the neighbours of the first queries in a file, and how many of its bytes hold
// them. It stops at the first that is damaged or incomplete; 0 bytes: the file is another's.
func decodeKept(data []byte, key string, k, n, rows int) (found []neighbours.Match, good int) {
	head := keptMagic + key
	if !bytes.HasPrefix(data, []byte(head)) {
		return nil, 0
	}
	good = len(head)
	for size := k*matchSize + 4; len(found) < n*k && len(data)-good >= size; good += size {
		near, ok := decodeQuery(data[good:good+size], k, rows)
		if !ok {
			break
		}
		found = append(found, near...)
	}
	return found, good
}

// decodeQuery reads the neighbours of one query.
func decodeQuery(line []byte, k, rows int) ([]neighbours.Match, bool) {
	sum := len(line) - 4
	if crc32.ChecksumIEEE(line[:sum]) != binary.LittleEndian.Uint32(line[sum:]) {
		return nil, false
	}
	near := make([]neighbours.Match, k)
	for j := range near {
		b := line[j*matchSize:]
		near[j] = neighbours.Match{
			Row: int32(binary.LittleEndian.Uint32(b)), Square: int64(binary.LittleEndian.Uint64(b[4:])),
			Distance: math.Float64frombits(binary.LittleEndian.Uint64(b[12:])),
			DY:       int8(b[20]), DX: int8(b[21]), Mirrored: b[22] != 0,
		}
		if near[j].Row < 0 || int(near[j].Row) >= rows || !(near[j].Distance >= 0) {
			return nil, false
		}
	}
	return near, true
}
