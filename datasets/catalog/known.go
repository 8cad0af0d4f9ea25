package catalog

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"repbench/internal/fetch"
)

// SetInfo describes a data set that can be opened by its name.
type SetInfo struct {
	// Name is the first word of its specification.
	Name string `json:"name"`
	// Description describes the images in a few words.
	Description string `json:"description"`
	// Path is where the set was found. It is empty if it was not found, and for sets that are
	// built in or always given with a path.
	Path string `json:"path"`
	// Bytes is the size on disk of the files at Path.
	Bytes int64 `json:"bytes"`
	// Present reports that the set can be opened now, without a download.
	Present bool `json:"present"`
	// Missing are the absent official files, if Path is their place.
	Missing []string `json:"missing,omitempty"`
	// PartBytes is the number of bytes of missing files in unfinished downloads.
	PartBytes int64 `json:"part_bytes,omitempty"`
	// Verified is the time when the checksums of all files were last confirmed; zero if they
	// never were, or if a file has changed since.
	Verified time.Time `json:"verified,omitzero"`
	// URL is the source of the data; empty for built-in sets and the user's own.
	URL string `json:"url"`
	// Fetchable reports that Fetch can download the set.
	Fetchable bool `json:"fetchable"`
}

// catalogEntry describes a set independently of its state on this machine.
type catalogEntry struct {
	name, description, url string
	// places are the names to look for in the cache folder, in this order.
	places []string
	remote []remoteFile
	// folder is the subfolder of the cache folder for the remote files.
	folder string
	// manual says where to get a set that is not downloaded automatically.
	manual string
	// byHand are the files of such a set that Verify knows, if they are in places[0].
	byHand []remoteFile
}

// remoteFile is a file of a set on the network.
type remoteFile struct {
	Name, URL   string   // Name is a plain file name
	Mirrors     []string // further addresses of the same bytes
	Size        int64
	SHA256, MD5 string // hexadecimal; MD5 is used only if SHA256 is not known
}

// mnistURL and mnistMirror are the mirrors used by PyTorch and by TensorFlow Datasets; the
// authors' own server has long refused downloads.
const (
	mnistURL    = "https://ossci-datasets.s3.amazonaws.com/mnist/"
	mnistMirror = "https://storage.googleapis.com/cvdf-datasets/mnist/"
)

const (
	svhnURL   = "http://ufldl.stanford.edu/housenumbers/"
	tinyURL   = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"
	emnistURL = "https://www.nist.gov/itl/products-and-services/emnist-dataset"
	lsunURL   = "https://www.yf.io/p/lsun"
)

// svhnFiles are the cropped digits: train, test, and the easier ones.
func svhnFiles() []remoteFile {
	return []remoteFile{
		{Name: "train_32x32.mat", URL: svhnURL + "train_32x32.mat", Size: 182040794,
			SHA256: "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8", MD5: "e26dedcc434d2e4c54c9b2d4a06d8373"},
		{Name: "test_32x32.mat", URL: svhnURL + "test_32x32.mat", Size: 64275384,
			SHA256: "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b", MD5: "eb5a983be6a315427106f1b164d9cef3"},
		{Name: "extra_32x32.mat", URL: svhnURL + "extra_32x32.mat", Size: 1329278602,
			SHA256: "a133a4beb38a00fcdda90c9489e0c04f900b660ce8a316a5e854838379a71eb3", MD5: "a93ce644f1a588dc4d68dda5feec44a7"},
	}
}

// lsunEntry returns the entry of one category of LSUN.
func lsunEntry(category string) catalogEntry {
	return catalogEntry{
		name: NameLSUN + ":" + category, description: "LSUN, photographs of one category (" + category + ") without classes",
		url: lsunURL, places: []string{NameLSUN},
		manual: fmt.Sprintf("get %s_train_lmdb.zip and %s_val_lmdb.zip by the links at %s and put them, packed or not, into one folder", category, category, lsunURL),
	}
}

// emnistEntry returns the entry of one split of EMNIST.
func emnistEntry(split string) catalogEntry {
	return catalogEntry{
		name: NameEMNIST + ":" + split, description: "28×28 grey handwritten letters and digits, one of the splits " + strings.Join(EMNISTSplits, ", "),
		url: emnistURL, places: []string{NameEMNIST, "EMNIST"},
		manual: "get the archive in binary format (gzip.zip) by the link at " + emnistURL + " and unpack it into one folder",
	}
}

// catalog lists the sets in the order in which they are shown.
func catalog() []catalogEntry {
	return []catalogEntry{
		{
			name: NameShapes, description: "built-in drawn shapes with known factors, 10 classes, any size and number",
		},
		{
			name: NameCIFAR10, description: "32×32 photographs, 10 classes, 50,000 train and 10,000 test",
			url:    "https://www.cs.toronto.edu/~kriz/cifar.html",
			places: []string{"cifar-10-binary.tar.gz", "cifar-10-batches-bin", "cifar10", "cifar-10-python.tar.gz", "cifar-10-batches-py"},
			remote: []remoteFile{{
				Name: "cifar-10-binary.tar.gz", URL: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", Size: 170052171,
				SHA256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
				MD5:    "c32a1d4ab5d03f1284b67883e8d87530",
			}},
		},
		{
			name: NameMNIST, description: "28×28 grey handwritten digits, 10 classes, 60,000 train and 10,000 test",
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
		emnistEntry(EMNISTSplits[0]),
		{
			name: NameCIFAR100, description: "32×32 photographs, 100 classes in 20 groups, 50,000 train and 10,000 test",
			url:    "https://www.cs.toronto.edu/~kriz/cifar.html",
			places: []string{"cifar-100-binary.tar.gz", "cifar-100-binary", "cifar100", "cifar-100-python.tar.gz", "cifar-100-python"},
			remote: []remoteFile{{
				Name: "cifar-100-binary.tar.gz", URL: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", Size: 168513733,
				MD5: "03b5dce01913d631647c71ecec9e9cb8",
			}},
		},
		{
			name: NameSVHN, description: "32×32 photographs of house numbers, 10 digits, 73,257 train and 26,032 test",
			url: svhnURL, places: []string{NameSVHN}, folder: NameSVHN, remote: svhnFiles()[:2],
		},
		{
			name: NameSVHN + ":" + SVHNExtra, description: "the same with 531,131 easier digits as the split extra",
			url: svhnURL, places: []string{NameSVHN}, folder: NameSVHN, remote: svhnFiles(),
		},
		{
			name: NameSTL10, description: "96×96 photographs, 10 classes, 5,000 train, 8,000 test and 100,000 without labels",
			url:    "https://cs.stanford.edu/~acoates/stl10/",
			places: []string{"stl10_binary.tar.gz", "stl10_binary", "stl10"},
			remote: []remoteFile{{
				Name: "stl10_binary.tar.gz", URL: "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz", Size: 2640397119,
				MD5: "91f7769df0f17e558f3565bffb0c7dfb",
			}},
		},
		{
			name: NameTinyImageNet, description: "64×64 photographs of 200 classes of ImageNet, 100,000 train, 10,000 valid and 10,000 test",
			url: tinyURL, places: []string{"tiny-imagenet-200.zip", "tiny-imagenet-200", "tiny-imagenet"},
			remote: []remoteFile{{Name: "tiny-imagenet-200.zip", URL: tinyURL, Size: 248100043, MD5: "90528d7ca1a48142e341f4ef8d21d0de"}},
		},
		{
			name: NameImageNet, description: "ImageNet-1k (ILSVRC 2012), photographs of 1,000 classes, 1,281,167 train and 50,000 valid",
			url: "https://image-net.org/download.php", places: []string{NameImageNet},
			manual: "its licence asks each user to register: get ILSVRC2012_img_train.tar (147,897,477,120 bytes, MD5 1d675b47d978889d74fa0da5fadfb00e), " +
				"ILSVRC2012_img_val.tar (6,744,924,160 bytes, MD5 29b22e2961454d5413ddabcf34fc5622) and ILSVRC2012_devkit_t12.tar.gz " +
				"(MD5 fa75699e90414af021442c21a62c3abf) from https://image-net.org/download.php into one folder",
			byHand: []remoteFile{
				{Name: "ILSVRC2012_img_train.tar", Size: 147897477120, MD5: "1d675b47d978889d74fa0da5fadfb00e"},
				{Name: "ILSVRC2012_img_val.tar", Size: 6744924160, MD5: "29b22e2961454d5413ddabcf34fc5622"},
			},
		},
		lsunEntry(LSUNCategories[0]),
		{
			name: NameFaces, description: "photographs of faces without classes, such as CelebA's, as faces=PATH (a folder, zip, tar or tar.gz)",
			url: "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html", places: []string{NameFaces, "img_align_celeba.zip", "img_align_celeba"},
			manual: "CelebA is for non-commercial research: get img_align_celeba.zip from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
		},
		{
			name: NameFolder, description: "your own JPEG, PNG and WebP files, as folder:PATH (a folder, zip, tar or tar.gz)",
		},
	}
}

func catalogOf(name string) (catalogEntry, bool) {
	for _, c := range catalog() {
		if c.name == name {
			return c, true
		}
	}
	if category, ok := strings.CutPrefix(name, NameLSUN+":"); ok && slices.Contains(LSUNCategories, category) {
		return lsunEntry(category), true
	}
	if split, ok := strings.CutPrefix(name, NameEMNIST+":"); ok && slices.Contains(EMNISTSplits, split) {
		return emnistEntry(split), true
	}
	return catalogEntry{}, false
}

// files returns the files to download; tests replace them.
func (c catalogEntry) files(o Options) []remoteFile {
	if r, ok := o.remote[c.name]; ok {
		return r
	}
	return c.remote
}

// find returns the path of the set in the cache folder, or "".
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

// List describes the known sets and their state on this machine. It does not read files, so
// that a damaged file counts as present. It uses only CacheDir of o.
func List(o Options) []SetInfo {
	o, _ = Options{CacheDir: o.CacheDir, remote: o.remote}.Resolve()
	v := o.verified()
	var known []SetInfo
	for _, c := range catalog() {
		k := SetInfo{Name: c.name, Description: c.description, URL: c.url, Fetchable: len(c.files(o)) > 0}
		if k.Path = c.find(o); k.Path != "" {
			k.Bytes = diskSize(k.Path)
		}
		if k.Fetchable && o.CacheDir != "" && (k.Path == "" || k.Path == filepath.Join(o.CacheDir, c.places[0])) {
			c.survey(&k, v, o)
		}
		k.Present = k.Path != "" && len(k.Missing) == 0 || c.name == NameShapes
		known = append(known, k)
	}
	return known
}

// survey examines the official files of a set without reading them.
func (c catalogEntry) survey(k *SetInfo, v verifications, o Options) {
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

// diskSize adds up the sizes of the readable files at path.
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
