package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets/internal/datatest"
)

// walkAll visits everything in an archive and reads all files.
func walkAll(data []byte, gz bool) error {
	return WalkTar(context.Background(), "memory.tar", bytes.NewReader(data), gz, func(e Entry) error {
		if e.Dir || e.Link {
			return nil
		}
		_, err := e.Read(nil, 1<<20)
		return err
	})
}

// TestEveryTruncationIsFound cuts archives at every length.
func TestEveryTruncationIsFound(t *testing.T) {
	whole := datatest.Tar(datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "train/b/1.png", Body: datatest.Dot(2)})
	for _, gz := range []bool{false, true} {
		data := whole
		if gz {
			data = datatest.Gzip(whole)
		}
		if err := walkAll(data, gz); err != nil {
			t.Fatalf("gz %v: whole archive: %v", gz, err)
		}
		step := 1
		if testing.Short() {
			step = 37
		}
		for n := 0; n < len(data); n += step {
			// A tar file may lack part of its two zero blocks; one of them is enough.
			if !gz && n >= len(whole)-tarBlock {
				break
			}
			if walkAll(data[:n], gz) == nil {
				t.Fatalf("gz %v: cut to %d of %d bytes and not found", gz, n, len(data))
			}
		}
	}
}

func TestTarErrors(t *testing.T) {
	good := datatest.Tar(datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "train/b/1.png", Body: datatest.Dot(2)})
	flipped := datatest.Gzip(good)
	flipped[len(flipped)-6] ^= 1 // in gzip's checksum
	header := bytes.Clone(good)
	header[2*tarBlock+10] ^= 0xff // the second header: dot() has less than a block
	tests := []struct {
		name string
		data []byte
		gz   bool
		want []string
	}{
		{"absolute name", datatest.Tar(datatest.File{Name: "/etc/1.png", Body: datatest.Dot(1)}), false, []string{"/etc/1.png", "leads out"}},
		{"climbing name", datatest.Tar(datatest.File{Name: "../1.png", Body: datatest.Dot(1)}), false, []string{"../1.png", "leads out"}},
		{"climbing inside", datatest.Tar(datatest.File{Name: "a/../1.png", Body: datatest.Dot(1)}), false, []string{"a/../1.png", `".."`}},
		{"checksum", flipped, true, []string{"damaged"}},
		{"second header", header, false, []string{`after "train/a/1.png"`, "the archive is damaged"}},
		{"no tar", bytes.Repeat([]byte("text "), 300), false, []string{"not a folder, tar, tar.gz or zip"}},
		{"gzip of no tar", datatest.Gzip(bytes.Repeat([]byte("text "), 300)), true, []string{"not a folder, tar, tar.gz or zip"}},
		{"no end mark", good[:len(good)-2*tarBlock], false, []string{`truncated after "train/b/1.png"`}},
		{"cut gzip", datatest.Gzip(good)[:60], true, []string{"truncated"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			datatest.WantError(t, walkAll(tt.data, tt.gz), append(tt.want, "memory.tar")...)
		})
	}
}

func TestReadLimited(t *testing.T) {
	if got, err := ReadLimited([]byte("ab"), bytes.NewReader([]byte("cde")), 3); err != nil || string(got) != "abcde" {
		t.Fatalf("%q %v", got, err)
	}
	if _, err := ReadLimited(nil, bytes.NewReader([]byte("cdef")), 3); err == nil {
		t.Fatal("four bytes within a limit of three")
	}
}

func TestWalkIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	file := datatest.File{Name: "1.png", Body: datatest.Dot(1)}
	for _, src := range []Source{tarArchive{file: datatest.Write(t, "x.tar", datatest.Tar(file))}, folder(datatest.Unpack(t, file))} {
		if err := src.Walk(ctx, func(Entry) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Fatalf("%T: %v", src, err)
		}
	}
}

// TestTarWithoutReading: the walk over a tar file on disk skips the contents, which can be read
// later, and still notices that the file is cut.
func TestTarWithoutReading(t *testing.T) {
	big := bytes.Repeat([]byte{7}, 5000)
	data := datatest.Tar(datatest.File{Name: "a/1.bin", Body: big}, datatest.File{Name: "a/2.bin", Body: []byte("two")}, datatest.File{Name: "a/3.bin", Body: []byte{}})
	path := datatest.Write(t, "x.tar", data)
	var entries []Entry
	if err := (tarArchive{file: path}).Walk(context.Background(), func(e Entry) error {
		entries = append(entries, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]byte{big, []byte("two"), {}} {
		got, err := entries[i].Read(nil, 1<<20)
		if err != nil || !bytes.Equal(got, want) || !entries[i].Keeps {
			t.Fatalf("entry %d: %d bytes, %v", i, len(got), err)
		}
	}
	if _, err := entries[0].Read(nil, 4999); err == nil {
		t.Fatal("a file over the limit is read")
	}
	for _, n := range []int{len(data) - 2*tarBlock, 3000, 700} {
		err := tarArchive{file: datatest.Write(t, "cut.tar", data[:n])}.Walk(context.Background(), func(Entry) error { return nil })
		datatest.WantError(t, err, "truncated")
	}
}

// FuzzTarOnDisk: walking a tar file with and without reading the contents gives the same
// entries, or both are refused.
func FuzzTarOnDisk(f *testing.F) {
	f.Add(datatest.Tar(datatest.Dots("train/a/1.png", "train/b/1.png")...))
	f.Add(datatest.Tar(datatest.File{Name: "a", Body: bytes.Repeat([]byte{1}, 2000)}, datatest.File{Name: "b", Body: []byte{}}))
	f.Add(datatest.Tar(datatest.Dots("1.png", "2.png")...)[:1500])
	f.Fuzz(func(t *testing.T, data []byte) {
		list := func(walk func(visit func(Entry) error) error) (out []byte, err error) {
			err = walk(func(e Entry) error {
				out = append(out, e.Name...)
				if e.Dir || e.Link {
					return nil
				}
				content, err := e.Read(nil, 1<<20)
				out = binary.LittleEndian.AppendUint64(out, uint64(len(content)))
				out = append(out, content...)
				return err
			})
			return out, err
		}
		path := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		leapt, err1 := list(func(visit func(Entry) error) error {
			return tarArchive{file: path}.Walk(context.Background(), visit)
		})
		read, err2 := list(func(visit func(Entry) error) error {
			return WalkTar(context.Background(), "memory.tar", bytes.NewReader(data), false, visit)
		})
		if (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(leapt, read) {
			t.Fatalf("leapt: %v; read: %v", err1, err2)
		}
	})
}

// FuzzNestedTar: tars in tars of any bytes are listed or refused.
func FuzzNestedTar(f *testing.F) {
	class := datatest.Tar(datatest.Dots("n01443537_18.JPEG", "n01443537_2.JPEG")...)
	packed := datatest.Tar(datatest.File{Name: "n01443537.tar", Body: class}, datatest.File{Name: "n01440764.tar", Body: class})
	f.Add(packed)
	f.Add(datatest.Tar(datatest.File{Name: "a.tar", Body: []byte("no tar")}))
	f.Add(packed[:3000])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_ = Nested{tarArchive{file: path}}.Walk(context.Background(), func(e Entry) error {
			if !e.Dir && !e.Link {
				_, err := e.Read(nil, 1<<20)
				return err
			}
			return nil
		})
	})
}
