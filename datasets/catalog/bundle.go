package catalog

import (
	"archive/tar"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"repbench/internal/atomicfile"
	"repbench/internal/fetch"
	"repbench/internal/progress"
)

const (
	// bundleFormat identifies the format of a bundle.
	bundleFormat = "repbench data bundle 1"
	// manifestName is the name of the first entry of a bundle, maxManifest its largest size.
	manifestName = "repbench-bundle.json"
	maxManifest  = 1 << 20
)

// bundleManifest is the first entry of a bundle, for readers and for a first check. The list of
// official files in the program that unpacks the bundle decides.
type bundleManifest struct {
	Format string       `json:"format"`
	Set    string       `json:"set"`
	Files  []bundleFile `json:"files"`
}

type bundleFile struct {
	Name   string `json:"name"` // of the entry: the path in the cache folder
	URL    string `json:"url"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256,omitempty"`
	MD5    string `json:"md5,omitempty"`
}

// manifest returns the manifest of a set's bundle.
func (c catalogEntry) manifest(files []remoteFile) bundleManifest {
	m := bundleManifest{Format: bundleFormat, Set: c.name}
	for _, f := range files {
		m.Files = append(m.Files, bundleFile{Name: c.entryName(f), URL: f.URL, Size: f.Size, SHA256: f.SHA256, MD5: f.MD5})
	}
	return m
}

// entryName returns the name of a file in a bundle.
func (c catalogEntry) entryName(f remoteFile) string { return path.Join(c.folder, f.Name) }

// Bundle writes the official files of a set into one tar file for a machine without a network.
// It fetches absent files first, unless downloads are forbidden, and verifies all files as it
// packs them. If one is wrong, it writes nothing. The same set always gives the same bytes.
func Bundle(ctx context.Context, name, out string, o Options) error {
	c, o, err := fetchable(name, o)
	if err != nil {
		return err
	}
	if _, err := c.bring(ctx, o, true); err != nil {
		return err
	}
	file, err := atomicfile.Create(out)
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriterSize(file, 1<<20)
	w := tar.NewWriter(buffered)
	if err := c.pack(ctx, w, o); err != nil {
		return err
	}
	if err := errors.Join(w.Close(), buffered.Flush()); err != nil {
		return err
	}
	return file.Commit()
}

// pack writes the manifest and the files.
func (c catalogEntry) pack(ctx context.Context, w *tar.Writer, o Options) error {
	files := c.files(o)
	text, err := json.MarshalIndent(c.manifest(files), "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if err := w.WriteHeader(bundleHeader(manifestName, int64(len(text)))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, f := range files {
		if err := w.WriteHeader(bundleHeader(c.entryName(f), f.Size)); err != nil {
			return err
		}
		if err := packFile(ctx, w, f, filepath.Join(o.CacheDir, c.folder, f.Name), o); err != nil {
			return err
		}
	}
	return nil
}

func bundleHeader(name string, size int64) *tar.Header {
	return &tar.Header{Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0), Typeflag: tar.TypeReg}
}

// packFile copies a file and verifies it at the same time.
func packFile(ctx context.Context, w io.Writer, f remoteFile, path string, o Options) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	task := o.Progress.Start("pack "+f.Name, f.Size, "bytes")
	defer task.Done()
	from := progress.NewReader(ctx, in, task)
	_, err = io.Copy(w, f.file(nil).Reader(from, path))
	return asContentError(err)
}

// asContentError converts the error for bytes that differ from the official file to a
// *ContentError.
func asContentError(err error) error {
	var m *fetch.Mismatch
	if errors.As(err, &m) {
		return contentError(m)
	}
	return err
}
