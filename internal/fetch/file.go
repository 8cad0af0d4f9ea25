package fetch

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"repbench/internal/progress"
)

// File is a file of known content.
type File struct {
	// URLs are the addresses to download it from, the preferred one first.
	URLs []string
	// Size is its length in bytes, at least 1.
	Size int64
	// SHA256 and MD5 are its checksums in hexadecimal; at least one is required. MD5 is
	// compared only if SHA256 is empty.
	SHA256, MD5 string
}

// Sum returns the checksum that is compared, as "SHA-256 c4a3…" or "MD5 c32a…".
func (f File) Sum() string {
	if f.SHA256 != "" {
		return "SHA-256 " + strings.ToLower(f.SHA256)
	}
	return "MD5 " + strings.ToLower(f.MD5)
}

// check returns an error for a description that cannot be fetched.
func (f File) check() error {
	if f.Size < 1 || f.SHA256 == "" && f.MD5 == "" {
		return errors.New("fetch: a file needs a size and a checksum")
	}
	for _, text := range f.URLs {
		u, err := url.Parse(text)
		if err != nil {
			return err
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("%q is not an address of the form http://… or https://…", text)
		}
	}
	return nil
}

// Verify compares the file at path with the known size and checksum. A difference is a
// *Mismatch.
func (f File) Verify(ctx context.Context, path string, p progress.Reporter) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return mismatch(path, "it is not a regular file")
	}
	if info.Size() != f.Size {
		return mismatch(path, "it has %d bytes where the official file has %d", info.Size(), f.Size)
	}
	task := progress.Or(p).Start("verify "+filepath.Base(path), f.Size, "bytes")
	defer task.Done()
	sum := f.newHash()
	in := progress.NewReader(ctx, file, task)
	if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	return f.compare(path, sum)
}

// Reader returns a reader of the file's bytes from r. It ends with a *Mismatch, which names the
// place, if they differ from the known file.
func (f File) Reader(r io.Reader, place string) io.Reader {
	return &checkedReader{f: f, r: io.LimitReader(r, f.Size+1), place: place, sum: f.newHash()}
}

func (f File) newHash() hash.Hash {
	if f.SHA256 != "" {
		return sha256.New()
	}
	return md5.New()
}

// compare compares the checksum of the bytes read from a place.
func (f File) compare(place string, sum hash.Hash) error {
	want := f.SHA256
	if want == "" {
		want = f.MD5
	}
	if got := hex.EncodeToString(sum.Sum(nil)); !strings.EqualFold(got, want) {
		return mismatch(place, "its content is not that of the official file: checksum %s, expected %s", got, want)
	}
	return nil
}

// checkedReader is what File.Reader returns.
type checkedReader struct {
	f     File
	r     io.Reader
	place string
	sum   hash.Hash
	n     int64
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	c.n += int64(n)
	switch {
	case c.n > c.f.Size:
		return n, mismatch(c.place, "it has more than the %d bytes of the official file", c.f.Size)
	case err != io.EOF:
		return n, err
	case c.n < c.f.Size:
		return n, mismatch(c.place, "it has %d bytes where the official file has %d", c.n, c.f.Size)
	}
	if err := c.f.compare(c.place, c.sum); err != nil {
		return n, err
	}
	return n, io.EOF
}
