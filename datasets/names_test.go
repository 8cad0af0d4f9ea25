package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

// The systems of zip entries and the extra field with a name in UTF-8, as numbered in
// APPNOTE.TXT and Info-ZIP's extra fields.
const (
	hostUnix         = 3
	hostMacOS        = 19
	unicodePathField = 0x7075
)

// foreignZip packs entries with unchanged names, for a given system and without the UTF-8 flag,
// each with extra data.
func foreignZip(t testing.TB, host byte, extra []byte, entries ...datatest.File) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, NonUTF8: true, CreatorVersion: uint16(host)<<8 | 20, Method: zip.Store, Extra: slices.Clone(extra)})
		if err == nil {
			_, err = out.Write(e.Body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// onWindows names the entries as programs on Windows do.
func onWindows(entries []datatest.File) []datatest.File {
	out := slices.Clone(entries)
	for i := range out {
		out[i].Name = strings.ReplaceAll(out[i].Name, "/", `\`)
	}
	return out
}

// classImages returns six pictures per class, of the classes cat and dog, for each split.
func classImages(root string, splits ...string) []datatest.File {
	var out []datatest.File
	for _, split := range splits {
		for i := range 6 {
			for k, class := range []string{"cat", "dog"} {
				out = append(out, datatest.File{Name: root + split + "/" + class + "/" + string(rune('0'+i)) + ".png", Body: datatest.Dot(uint8(10*len(out) + k))})
			}
		}
	}
	return out
}

// TestBackslashesSeparate: a set packed on Windows equals the set packed with slashes, in every
// form of archive and for every reader.
func TestBackslashesSeparate(t *testing.T) {
	celeba := append(datatest.Dots("set/img/000001.jpg", "set/img/000002.jpg"), datatest.File{Name: "set/list_eval_partition.txt", Body: []byte("000001.jpg 0\n000002.jpg 2\n")})
	tests := []struct {
		name, spec string
		files      []datatest.File
	}{
		{"folder", "folder:", append(classImages("set/", "train", "test"), datatest.File{Name: "set/train/cat/"})},
		{"cifar10 of images", "cifar10=", cifarImages("set/")},
		{"cifar10 of records", "cifar10=", cifarFiles(1)},
		{"faces", "faces=", celeba},
		{"tiny-imagenet", "tiny-imagenet=", tinyFiles()},
		{"lsun", "lsun:bedroom=", datatest.Dots("bedroom/val/1.png", "bedroom/train/2.png")},
		{"imagenet", "imagenet=", append(datatest.Dots("ILSVRC/train/"+tench+"/"+trainName(tench, 1)),
			datatest.File{Name: "ILSVRC/train/" + goldfish + ".tar", Body: datatest.Tar(datatest.File{Name: goldfish + `\` + trainName(goldfish, 2), Body: datatest.Dot(3)})})},
	}
	for _, tt := range tests {
		want := mustOpen(t, tt.spec+datatest.Write(t, "x.zip", datatest.Zip(tt.files...)), Options{})
		for name, data := range map[string][]byte{
			"DOS.zip": foreignZip(t, 0, nil, onWindows(tt.files)...), "Unix.zip": foreignZip(t, hostUnix, nil, onWindows(tt.files)...),
			"x.tar": datatest.Tar(onWindows(tt.files)...), "x.tar.gz": datatest.Gzip(datatest.Tar(onWindows(tt.files)...)),
		} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				got := mustOpen(t, tt.spec+datatest.Write(t, name, data), Options{})
				if got.Hash != want.Hash || len(got.Splits) != len(want.Splits) {
					t.Fatalf("%d splits, classes %v; want %d and %v", len(got.Splits), got.Classes, len(want.Splits), want.Classes)
				}
				for i, s := range got.Splits {
					if !slices.Equal(s.IDs, want.Splits[i].IDs) {
						t.Fatalf("names %v, want %v", s.IDs, want.Splits[i].IDs)
					}
				}
			})
		}
	}
}

func TestAmbiguousBackslashes(t *testing.T) {
	one := func(name string) datatest.File { return datatest.File{Name: name, Body: datatest.Dot(1)} }
	tests := []struct {
		name, file string
		data       []byte
		want       []string
	}{
		{"both in a tar", "x.tar", datatest.Tar(one(`train/AC\DC/1.png`)), []string{`train/AC\DC/1.png`, "nothing says whether"}},
		{"both in a zip of Unix", "x.zip", foreignZip(t, hostUnix, nil, one(`train/AC\DC/1.png`)), []string{`train/AC\DC/1.png`, "nothing says whether"}},
		{"two of one path in a zip", "x.zip", foreignZip(t, 0, nil, one(`cat\1.png`), one("cat/1.png")), []string{"cat/1.png", `"cat\\1.png"`, "rename one"}},
		{"two of one path in a tar", "x.tar", datatest.Tar(one("cat/1.png"), one(`cat\1.png`)), []string{`cat\1.png`, `"cat/1.png"`, "rename one"}},
		{"climbing", "x.zip", foreignZip(t, 0, nil, one(`..\1.png`)), []string{`..\1.png`, "leads out", "tar -cf SET.tar .", "give that folder"}},
		{"dots within", "dots.zip", datatest.Zip(one("a/b/../1.png")), []string{`a/b/../1.png`, `has ".." in it`, "tar -cf SET.tar .", "give that folder"}},
		{"dots in a tar", "dots.tar", datatest.Tar(one("../1.png")), []string{"../1.png", "leads out", "tar -cf SET.tar .", "give that folder"}},
		{"mixed separators", "dots.zip", foreignZip(t, hostUnix, nil, one(`a/b\c.png`)), []string{`a/b\c.png`, "rename the file", "give the folder or pack it again"}},
		{"a drive", "x.zip", foreignZip(t, 0, nil, one(`C:\set\1.png`)), []string{`C:\set\1.png`, "leads out"}},
		{"a share", "x.zip", foreignZip(t, 0, nil, one(`\\server\set\1.png`)), []string{`\\server\set\1.png`, "leads out"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, tt.file, tt.data)
			_, err := NewPlan(context.Background(), "folder:"+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	t.Run("folder", func(t *testing.T) { // as Python's zipfile unpacks archives from Windows
		_, err := NewPlan(context.Background(), "folder:"+datatest.Unpack(t, one(`set\train\cat\1.png`)), Options{})
		datatest.WantError(t, err, `set\train\cat\1.png`, "give the archive itself")
	})
	t.Run("both in a zip of Windows", func(t *testing.T) {
		p := mustPlan(t, "folder:"+datatest.Write(t, "x.zip", foreignZip(t, 0, nil, one(`set/train\cat/1.png`))))
		if got := planText(p); got != "train: set/train/cat/1.png=cat\n" {
			t.Fatal(got)
		}
	})
	t.Run("folders of a tar", func(t *testing.T) { // Python ends them with a slash
		p := mustPlan(t, "folder:"+datatest.Write(t, "x.tar", datatest.Tar(datatest.File{Name: `train\cat/`}, one(`.\train\cat\1.png`), one(`./train\cat\2.png`))))
		if got := planText(p); got != "train: train/cat/1.png=cat train/cat/2.png=cat\n" {
			t.Fatal(got)
		}
	})
}

// mojibake holds class names in GBK, Latin-1 and Shift-JIS; the second byte of the last one is
// a backslash.
var mojibake = map[string]string{"GBK": "\xb9\xb7", "Latin-1": "\xe9", "Shift-JIS": "\x95\x5c"}

// TestNamesThatAreNotUTF8 expects an error that shows the name with escapes, from every source,
// before any work.
func TestNamesThatAreNotUTF8(t *testing.T) {
	for code, class := range mojibake {
		files := []datatest.File{{Name: "set/train/" + class + "/1.png", Body: datatest.Dot(1)}, {Name: "set/train/b/1.png", Body: datatest.Dot(2)}}
		specs := map[string]string{
			"folder": "folder:" + datatest.Unpack(t, files...),
			"faces":  "faces=" + datatest.Unpack(t, files...),
			"tar":    "folder:" + datatest.Write(t, "x.tar", datatest.Tar(files...)),
			"tar.gz": "cifar10=" + datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(files...))),
			"DOS":    "folder:" + datatest.Write(t, "x.zip", foreignZip(t, 0, nil, files...)),
			"Unix":   "folder:" + datatest.Write(t, "x.zip", foreignZip(t, hostUnix, nil, files...)),
		}
		for name, spec := range specs {
			t.Run(code+" "+name, func(t *testing.T) {
				_, err := NewPlan(context.Background(), spec, Options{})
				datatest.WantError(t, err, `train/`+strings.Trim(content.Shown(class), `"`)+`/1.png"`)
				switch onDisk := name == "folder" || name == "faces"; {
				case name == "DOS" || name == "Unix":
					datatest.WantError(t, err, "7z a -mcu=on NEW.zip FOLDER", "unpack it and give the folder")
				case onDisk && strings.Contains(err.Error(), "archive"):
					t.Errorf("a folder is no archive: %v", err)
				case onDisk:
					datatest.WantError(t, err, "a folder above it", "convmv -f CODE -t utf8 -r --notest FOLDER", "latin1")
				default:
					datatest.WantError(t, err, "unpack the archive", "convmv", "pack it again")
				}
				if !errors.As(err, new(*content.Error)) {
					t.Errorf("%T", err)
				}
			})
		}
	}
}

// unixTime and unicodeName are extra fields of zip entries.
func unixTime() []byte { return []byte{0x55, 0x54, 5, 0, 3, 0, 0, 0, 0} }

func unicodeName(plain, name string) []byte {
	b := binary.LittleEndian.AppendUint16(nil, unicodePathField)
	b = binary.LittleEndian.AppendUint16(b, uint16(5+len(name)))
	b = binary.LittleEndian.AppendUint32(append(b, 1), crc32.ChecksumIEEE([]byte(plain)))
	return append(b, name...)
}

func TestNamesInZip(t *testing.T) {
	const gbk, utf = "\xc3\xa8/1.png", "猫/1.png" // the bytes of the first are è in UTF-8
	one := func(name string) datatest.File { return datatest.File{Name: name, Body: datatest.Dot(1)} }
	tests := []struct {
		name string
		data []byte
		want string // the class, or empty for an error
	}{
		{"with the flag", datatest.Zip(one(utf), one("b/1.png")), "猫"},
		{"of Info-ZIP", foreignZip(t, hostUnix, unixTime(), one(utf), one("b/1.png")), "猫"},
		{"of macOS", foreignZip(t, hostMacOS, unixTime(), one(utf), one("b/1.png")), "猫"},
		{"of an extra field", foreignZip(t, 0, unicodeName(gbk, utf), one(gbk), one("b/1.png")), "猫"},
		{"of an extra field of another name", foreignZip(t, 0, unicodeName("x", utf), one(gbk), one("b/1.png")), ""},
		{"GBK that looks like UTF-8", foreignZip(t, 0, nil, one(gbk), one("b/1.png")), ""},
		{"GBK said to be of Unix", foreignZip(t, hostUnix, nil, one(gbk), one("b/1.png")), ""},
		{"of Info-ZIP on Windows", foreignZip(t, 0, unixTime(), one(utf), one("b/1.png")), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := NewPlan(context.Background(), "folder:"+datatest.Write(t, "x.zip", tt.data), Options{})
			if tt.want == "" {
				datatest.WantError(t, err, "x.zip", "in which code page the name is", "give the folder")
				return
			}
			if err != nil || !slices.Equal(p.Classes, []string{"b", tt.want}) {
				t.Fatalf("%v, %v", p, err)
			}
		})
	}
	// A file that is not an image may have any name.
	note := foreignZip(t, 0, nil, one("a/1.png"), datatest.File{Name: "lisez-moi-\x82.txt", Body: []byte("x")})
	if p := mustPlan(t, "folder:"+datatest.Write(t, "x.zip", note)); p.Count() != 1 || !strings.Contains(p.Notes[0], `"lisez-moi-\x82.txt"`) {
		t.Fatal(p.Notes)
	}
}

func TestClassNamesAreTold(t *testing.T) {
	nfc, nfd := "caf\u00e9", "cafe\u0301"
	_, err := NewPlan(context.Background(), "folder:"+datatest.Write(t, "x.tar", datatest.Tar(datatest.Dots("train/"+nfc+"/1.png", "train/"+nfd+"/1.png")...)), Options{})
	datatest.WantError(t, err, `"caf\u00e9"`, `"cafe\u0301"`, "the same name")
	_, err = NewPlan(context.Background(), "folder:"+datatest.Unpack(t, datatest.Dots("train/a\nb/1.png", "train/c/1.png")...), Options{})
	datatest.WantError(t, err, `train/a\nb/1.png"`, "line break")
	files := cifarFiles(1)
	files[1].Body = []byte("airplane automobile bird chat-\xe9 deer dog frog horse ship truck")
	_, err = Open(context.Background(), "cifar10="+datatest.Unpack(t, files...), Options{})
	datatest.WantError(t, err, `"chat-\xe9"`, "not UTF-8")
}

// TestPathThatIsNotUTF8: the path of a set may have any name; it is shown with escapes.
func TestPathThatIsNotUTF8(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set-\xe9")
	if err := os.Rename(datatest.Unpack(t, datatest.Dots("a/1.png")...), dir); err != nil {
		t.Skip("the file system has no such names: ", err)
	}
	if d := mustOpen(t, "folder:"+dir, Options{}); !strings.Contains(d.Source, `set-\xe9`) {
		t.Fatal(d.Source)
	}
}
