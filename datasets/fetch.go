package datasets

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"repbench/internal/atomicfile"
)

const (
	// connectWait is how long a server may take to answer, stallWait how long it
	// may send nothing; the download as a whole may take as long as it needs.
	connectWait = 30 * time.Second
	stallWait   = time.Minute
)

// Fetch makes sure that the official files of a set are in the cache folder, and
// returns the path that opens the set. Files that are there are checked, files
// that are absent are downloaded to a temporary name, compared with the known size
// and checksum, and renamed; what differs is refused and not kept.
func Fetch(ctx context.Context, name string, o Options) (path string, err error) {
	if o, err = o.resolve(); err != nil {
		return "", err
	}
	c, ok := catalogOf(name)
	if !ok {
		return "", specError(name, "there is no set of that name; there are: %s", specForms)
	}
	files := c.files(o)
	if len(files) == 0 {
		return "", c.noFiles(o)
	}
	dir, err := o.cachePath(c.folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("folder for data: %w", err)
	}
	for _, f := range files {
		if err := f.ensure(ctx, dir, c.name, o); err != nil {
			return "", err
		}
	}
	return o.cachePath(c.places[0])
}

// noFiles explains why a set cannot be downloaded.
func (c catalogEntry) noFiles(o Options) error {
	if c.manual == "" {
		return specError(c.name, "nothing is downloaded for this set")
	}
	return fmt.Errorf("%w: %s is not downloaded automatically: %s, then give its path (%s=PATH) or put the folder at %s",
		ErrMissing, c.name, c.manual, c.name, filepath.Join(o.CacheDir, c.places[0]))
}

// ensure checks the file in dir, or downloads it.
func (f remoteFile) ensure(ctx context.Context, dir, set string, o Options) error {
	path := filepath.Join(dir, f.Name)
	_, err := os.Stat(path)
	if err == nil {
		if err := f.verify(ctx, path); err != nil {
			return fmt.Errorf("%w; delete it to download it again, or give %s=PATH to read it as it is", err, set)
		}
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if o.Offline {
		err = errors.New("downloads are switched off")
	} else {
		err = f.download(ctx, path, o)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %s: %w; get %s (%d bytes, %s) and put it at %s", ErrMissing, f.Name, err, f.URL, f.Size, f.sumText(), path)
}

// verify compares a file on disk with the known size and checksum.
func (f remoteFile) verify(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != f.Size {
		return bad(path, "", "it has %d bytes where the official file has %d", info.Size(), f.Size)
	}
	sum := f.newHash()
	if _, err := io.Copy(sum, contextReader{ctx, file}); err != nil {
		return err
	}
	return f.checkSum(path, sum)
}

// download fetches the file to a temporary name and renames it when it is right.
func (f remoteFile) download(ctx context.Context, path string, o Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := f.request(ctx)
	if err != nil {
		return err
	}
	defer body.Close()
	out, err := atomicfile.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()

	task := o.Progress.Start("download "+f.Name, f.Size, "bytes")
	defer task.Done()
	stall := time.AfterFunc(o.stall, func() { cancel(fmt.Errorf("the server sent nothing for %v", o.stall)) })
	defer stall.Stop()
	sum := f.newHash()
	in := &watchedReader{r: io.LimitReader(body, f.Size+1), seen: func(n int) {
		stall.Reset(o.stall)
		task.Add(int64(n))
	}}
	n, err := io.Copy(io.MultiWriter(out, sum), in)
	if err := f.checkCopy(ctx, n, err); err != nil {
		return err
	}
	if err := f.checkSum(f.URL, sum); err != nil {
		return err
	}
	return out.Commit()
}

// checkCopy words how a download of n bytes ended, where it ended badly.
func (f remoteFile) checkCopy(ctx context.Context, n int64, err error) error {
	cause := context.Cause(ctx)
	switch {
	case err != nil && cause != nil:
		return cause
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case err != nil || n < f.Size:
		return bad(f.URL, "", "the download is truncated: %d of %d bytes came", n, f.Size)
	case n > f.Size:
		return bad(f.URL, "", "the server sends more than the %d bytes of the official file", f.Size)
	}
	return nil
}

// request asks for the file and checks the answer's status and announced length.
func (f remoteFile) request(ctx context.Context) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, err
	}
	// The checksum is that of the file as it is, so no encoding on the way.
	req.Header.Set("Accept-Encoding", "identity")
	client := &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectWait}).DialContext,
		TLSHandshakeTimeout:   connectWait,
		ResponseHeaderTimeout: connectWait,
		DisableKeepAlives:     true,
		ForceAttemptHTTP2:     true,
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("the server answers %q", resp.Status)
	}
	if resp.ContentLength >= 0 && resp.ContentLength != f.Size {
		resp.Body.Close()
		return nil, bad(f.URL, "", "the server announces %d bytes where the official file has %d", resp.ContentLength, f.Size)
	}
	return resp.Body, nil
}

func (f remoteFile) newHash() hash.Hash {
	if f.SHA256 != "" {
		return sha256.New()
	}
	return md5.New()
}

// checkSum compares the checksum of what was read from a place.
func (f remoteFile) checkSum(place string, sum hash.Hash) error {
	want := f.SHA256
	if want == "" {
		want = f.MD5
	}
	if got := hex.EncodeToString(sum.Sum(nil)); !strings.EqualFold(got, want) {
		return bad(place, "", "its content is not that of the official file: checksum %s, expected %s", got, want)
	}
	return nil
}

func (f remoteFile) sumText() string {
	if f.SHA256 != "" {
		return "SHA-256 " + f.SHA256
	}
	return "MD5 " + f.MD5
}

// watchedReader tells seen how much each read brought.
type watchedReader struct {
	r    io.Reader
	seen func(n int)
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.seen(n)
	return n, err
}

// contextReader fails as soon as the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
