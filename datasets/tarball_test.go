package datasets

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"repbench/datasets/internal/datatest"
)

// walkAll visits everything in an archive and reads all files.
func walkAll(data []byte, gz bool) error {
	return memory{data, gz}.walk(context.Background(), func(e entry) error {
		if e.dir || e.link {
			return nil
		}
		_, err := e.read(nil, 1<<20)
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
		{"no tar", bytes.Repeat([]byte("text "), 300), false, []string{"no folder, tar, tar.gz or zip"}},
		{"gzip of no tar", datatest.Gzip(bytes.Repeat([]byte("text "), 300)), true, []string{"no folder, tar, tar.gz or zip"}},
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
	if got, err := readLimited([]byte("ab"), bytes.NewReader([]byte("cde")), 3); err != nil || string(got) != "abcde" {
		t.Fatalf("%q %v", got, err)
	}
	if _, err := readLimited(nil, bytes.NewReader([]byte("cdef")), 3); err == nil {
		t.Fatal("four bytes within a limit of three")
	}
}

func TestWalkIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := datatest.Tar(datatest.File{Name: "1.png", Body: datatest.Dot(1)})
	for _, src := range []source{memory{data: data}, folder(datatest.Unpack(t, datatest.File{Name: "1.png", Body: datatest.Dot(1)}))} {
		if err := src.walk(ctx, func(entry) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Fatalf("%T: %v", src, err)
		}
	}
}
