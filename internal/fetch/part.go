package fetch

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/progress"
)

// PartPath returns the path of the unfinished download of the file at path.
func PartPath(path string) string { return path + ".part" }

// statePath returns the path of the file that records the origin of a part's bytes.
func statePath(path string) string { return PartPath(path) + ".json" }

// origin is the content of the state file.
type origin struct {
	// Size and Sum describe the whole file: a part of another edition is discarded.
	Size int64  `json:"size"`
	Sum  string `json:"sum"`
	// URL is the server that was asked last; ETag and Modified identify the edition that it
	// sent.
	URL      string `json:"url"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"last_modified,omitempty"`
}

// part is an open unfinished download. Its owner holds the file's lock.
type part struct {
	file   *os.File
	out    io.Writer // to file
	final  string    // its final name
	size   int64     // bytes in it
	sum    hash.Hash // of these bytes
	origin origin
}

// openPart opens the part of the file at path, or starts one. It reads the existing bytes again
// for the checksum.
func (f File) openPart(ctx context.Context, path string, o Options) (*part, error) {
	p := &part{final: path, sum: f.newHash()}
	if err := jsonfile.Read(statePath(path), &p.origin); err != nil {
		p.origin = origin{} // absent, or cut by a crash
	}
	file, err := os.OpenFile(PartPath(path), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	p.file, p.out = file, o.wrap(file)
	usable := p.origin.Size == f.Size && p.origin.Sum == f.Sum()
	p.origin.Size, p.origin.Sum = f.Size, f.Sum()
	if err := p.load(ctx, usable, o); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// load adds the bytes of the file to the checksum, or discards them.
func (p *part) load(ctx context.Context, usable bool, o Options) error {
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	if !usable || info.Size() > p.origin.Size {
		return p.restart()
	}
	task := o.Progress.Start("check the part of "+filepath.Base(p.final)+" that is there", info.Size(), "bytes")
	defer task.Done()
	in := progress.NewReader(ctx, p.file, task)
	p.size, err = io.Copy(p.sum, in)
	return err
}

// restart discards all bytes.
func (p *part) restart() error {
	if err := p.file.Truncate(0); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	p.size = 0
	p.sum.Reset()
	return nil
}

// comesFrom records the origin of the next bytes, before they arrive.
func (p *part) comesFrom(url, etag, modified string) error {
	next := p.origin
	next.URL, next.ETag, next.Modified = url, etag, modified
	if next == p.origin && p.size > 0 {
		return nil
	}
	p.origin = next
	return jsonfile.Write(statePath(p.final), next)
}

// Write appends bytes; an error is local to this machine.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.out.Write(b)
	p.sum.Write(b[:n])
	p.size += int64(n)
	if err != nil {
		return n, localError{err}
	}
	return n, nil
}

// publish gives the complete part its final name.
func (p *part) publish() error {
	if err := p.file.Sync(); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	p.file = nil
	if err := atomicfile.Rename(PartPath(p.final), p.final); err != nil {
		return err
	}
	os.Remove(statePath(p.final))
	return nil
}

// close keeps the bytes for the next time; an empty part is removed.
func (p *part) close() {
	if p.file == nil {
		return
	}
	info, err := p.file.Stat()
	p.file.Close()
	p.file = nil
	if err == nil && info.Size() == 0 {
		os.Remove(PartPath(p.final))
		os.Remove(statePath(p.final))
	}
}

// kept describes what is left of a broken download, for errors.
func (p *part) kept() string {
	if p.size == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of %d bytes are kept in %s and the next try resumes from there", p.size, p.origin.Size, PartPath(p.final))
}

// sweep removes what killed processes left of the file at path, except its part. The caller
// holds the file's lock.
func sweep(path string) {
	dir, base := filepath.Split(path)
	left, _ := filepath.Glob(filepath.Join(dir, "."+base+".*.tmp"))
	for _, name := range left {
		os.Remove(name)
	}
	if _, err := os.Stat(PartPath(path)); errors.Is(err, os.ErrNotExist) {
		os.Remove(statePath(path))
	}
}

// PartBytes returns the number of bytes of an unfinished download of the file at path, 0 if
// there is none.
func PartBytes(path string) int64 {
	info, err := os.Stat(PartPath(path))
	if err != nil {
		return 0
	}
	return info.Size()
}
