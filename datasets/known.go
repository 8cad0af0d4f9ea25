package datasets

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"repbench/internal/fetch"
)

// Known describes a data set that can be opened by its name.
type Known struct {
	// Name is what a specification starts with.
	Name string `json:"name"`
	// Description says in a few words what the images are.
	Description string `json:"description"`
	// Path is where the set was found, empty where it was not, and for sets that
	// are always given with a path or are built in.
	Path string `json:"path"`
	// Bytes is the size on disk of what is at Path.
	Bytes int64 `json:"bytes"`
	// Present says that the set can be opened now, without a download.
	Present bool `json:"present"`
	// Missing are the official files that are not there, where Path is their place.
	Missing []string `json:"missing,omitempty"`
	// PartBytes is how much of the missing files unfinished downloads have.
	PartBytes int64 `json:"part_bytes,omitempty"`
	// Verified is when the checksums of all files were last found right; zero where
	// they never were or a file has changed since.
	Verified time.Time `json:"verified,omitzero"`
	// URL is where the data come from; empty for built-in sets and the user's own.
	URL string `json:"url"`
	// Fetchable says that Fetch can download it.
	Fetchable bool `json:"fetchable"`
}

// catalogEntry is what is known of a set apart from its state on this machine.
type catalogEntry struct {
	name, description, url string
	// places are the names to look for in the cache folder, in this order.
	places []string
	remote []remoteFile
	// folder is the sub-folder of the cache folder for the remote files.
	folder string
	// manual says where to get a set that is not downloaded here.
	manual string
}

// remoteFile is a file of a set on the network.
type remoteFile struct {
	Name, URL   string   // Name is a plain file name
	Mirrors     []string // further addresses of the same bytes
	Size        int64
	SHA256, MD5 string // hexadecimal; MD5 is used only where SHA256 is not known
}

// mnistURL and mnistMirror are the mirrors that are used by PyTorch and by
// TensorFlow Datasets; the authors' own server has long refused downloads.
const (
	mnistURL    = "https://ossci-datasets.s3.amazonaws.com/mnist/"
	mnistMirror = "https://storage.googleapis.com/cvdf-datasets/mnist/"
)

// catalog lists the sets in the order in which they are shown.
func catalog() []catalogEntry {
	return []catalogEntry{
		{
			name: nameShapes, description: "built-in drawn shapes with known factors, 10 classes, any size and number",
		},
		{
			name: nameCIFAR10, description: "32×32 photographs, 10 classes, 50,000 train and 10,000 test",
			url:    "https://www.cs.toronto.edu/~kriz/cifar.html",
			places: []string{"cifar-10-binary.tar.gz", "cifar-10-batches-bin", "cifar10"},
			remote: []remoteFile{{
				Name: "cifar-10-binary.tar.gz", URL: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", Size: 170052171,
				SHA256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
				MD5:    "c32a1d4ab5d03f1284b67883e8d87530",
			}},
		},
		{
			name: nameMNIST, description: "28×28 grey handwritten digits, 10 classes, 60,000 train and 10,000 test",
			url: mnistURL, places: []string{"mnist"}, folder: "mnist",
			remote: []remoteFile{
				{Name: "train-images-idx3-ubyte.gz", URL: mnistURL + "train-images-idx3-ubyte.gz", Mirrors: []string{mnistMirror + "train-images-idx3-ubyte.gz"}, Size: 9912422,
					SHA256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", MD5: "f68b3c2dcbeaaa9fbdd348bbdeb94873"},
				{Name: "train-labels-idx1-ubyte.gz", URL: mnistURL + "train-labels-idx1-ubyte.gz", Mirrors: []string{mnistMirror + "train-labels-idx1-ubyte.gz"}, Size: 28881,
					SHA256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", MD5: "d53e105ee54ea40749a09fcbcd1e9432"},
				{Name: "t10k-images-idx3-ubyte.gz", URL: mnistURL + "t10k-images-idx3-ubyte.gz", Mirrors: []string{mnistMirror + "t10k-images-idx3-ubyte.gz"}, Size: 1648877,
					SHA256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", MD5: "9fb629c4189551a2d022fa330f9573f3"},
				{Name: "t10k-labels-idx1-ubyte.gz", URL: mnistURL + "t10k-labels-idx1-ubyte.gz", Mirrors: []string{mnistMirror + "t10k-labels-idx1-ubyte.gz"}, Size: 4542,
					SHA256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", MD5: "ec29112dd5afa0611ce80d1b7f02629c"},
			},
		},
		{
			name: nameTinyImageNet, description: "64×64 photographs of 200 classes of ImageNet, also made smaller",
			url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip", places: []string{"tiny-imagenet-200", "tiny-imagenet"},
			manual: "download http://cs231n.stanford.edu/tiny-imagenet-200.zip and unpack it",
		},
		{
			name: nameFolder, description: "your own JPEG and PNG files, as folder:PATH (a folder, tar or tar.gz)",
		},
	}
}

func catalogOf(name string) (catalogEntry, bool) {
	for _, c := range catalog() {
		if c.name == name {
			return c, true
		}
	}
	return catalogEntry{}, false
}

// files returns the files to download, which tests replace.
func (c catalogEntry) files(o Options) []remoteFile {
	if r, ok := o.remote[c.name]; ok {
		return r
	}
	return c.remote
}

// find returns where in the cache folder the set is, or "".
func (c catalogEntry) find(o Options) string {
	for _, place := range c.places {
		path, err := o.cachePath(place)
		if err != nil {
			return ""
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// List describes the sets that are known and says which are on this machine. It
// looks, but does not read: a damaged file is present all the same. Of o only
// CacheDir is used.
func List(o Options) []Known {
	o, _ = Options{CacheDir: o.CacheDir, remote: o.remote}.resolve()
	v := o.verified()
	var known []Known
	for _, c := range catalog() {
		k := Known{Name: c.name, Description: c.description, URL: c.url, Fetchable: len(c.files(o)) > 0}
		if k.Path = c.find(o); k.Path != "" {
			k.Bytes = diskSize(k.Path)
		}
		if k.Fetchable && o.CacheDir != "" && (k.Path == "" || k.Path == filepath.Join(o.CacheDir, c.places[0])) {
			c.survey(&k, v, o)
		}
		k.Present = k.Path != "" && len(k.Missing) == 0 || c.name == nameShapes
		known = append(known, k)
	}
	return known
}

// survey looks at the official files of a set.
func (c catalogEntry) survey(k *Known, v verifications, o Options) {
	verified := true
	for _, f := range c.files(o) {
		path := filepath.Join(o.CacheDir, c.folder, f.Name)
		if _, err := os.Stat(path); err != nil {
			if k.Path != "" {
				k.Missing = append(k.Missing, f.Name)
			}
			k.PartBytes += fetch.PartBytes(path)
			verified = false
			continue
		}
		e, ok := v.find(path, f.file(nil).Sum())
		if verified = verified && ok; ok && (k.Verified.IsZero() || e.At.Before(k.Verified)) {
			k.Verified = e.At
		}
	}
	if !verified {
		k.Verified = time.Time{}
	}
}

// diskSize adds up the sizes of the files at path, as far as they can be seen.
func diskSize(path string) int64 {
	var total int64
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		if info, err := e.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
