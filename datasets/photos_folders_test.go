package datasets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
	"repbench/datasets/internal/picture"
)

// planText lists the IDs of each split of a plan with their classes.
func planText(p *Plan) string {
	var b strings.Builder
	for _, s := range p.Splits {
		fmt.Fprintf(&b, "%s:", s.Name)
		for i, id := range s.IDs {
			class := "-"
			if s.Labels != nil {
				class = p.Classes[s.Labels[i]]
			}
			fmt.Fprintf(&b, " %s=%s", id, class)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func mustPlan(t testing.TB, spec string) *Plan {
	t.Helper()
	p, err := NewPlan(context.Background(), spec, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tinyFiles is Tiny ImageNet's official layout with few files.
func tinyFiles() []datatest.File {
	const root = "tiny-imagenet-200/"
	return append(datatest.Dots(
		root+"train/n02/images/n02_0.JPEG", root+"train/n01/images/n01_0.JPEG", root+"train/n01/images/n01_1.JPEG",
		root+"val/images/val_0.JPEG", root+"val/images/val_1.JPEG", root+"test/images/test_0.JPEG",
	), datatest.File{Name: root + "val/val_annotations.txt", Body: []byte("val_0.JPEG\tn02\t0\t32\t44\t62\nval_1.JPEG\tn01\t52\t55\t57\t59\n")},
		datatest.File{Name: root + "words.txt", Body: []byte("n00\tentity\nn01\tgoldfish, Carassius auratus\nn02\ttailed frog\n")},
		datatest.File{Name: root + "train/n01/n01_boxes.txt", Body: []byte("n01_0.JPEG\t0\t10\t63\t58\n")})
}

func TestTinyImageNet(t *testing.T) {
	zip := mustOpen(t, "tiny-imagenet="+datatest.Write(t, "tiny-imagenet-200.zip", datatest.Zip(tinyFiles()...)), Options{})
	folder := mustOpen(t, "tiny-imagenet="+datatest.Unpack(t, tinyFiles()...), Options{})
	if zip.Hash != folder.Hash {
		t.Fatal("zip and folder differ")
	}
	if got := fmt.Sprint(zip.Classes, zip.Titles); got != "[n01 n02] [goldfish, Carassius auratus tailed frog]" {
		t.Fatal(got)
	}
	var got []string
	for _, s := range zip.Splits {
		got = append(got, fmt.Sprint(s.Name, s.Labels))
	}
	if want := []string{"train[0 0 1]", "valid[1 0]", "test[]"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	// Without the annotations, as before they were read.
	bare := slices.DeleteFunc(tinyFiles(), func(p datatest.File) bool { return strings.HasSuffix(p.Name, ".txt") })
	if d := mustOpen(t, "tiny-imagenet="+datatest.Unpack(t, bare...), Options{}); d.Splits[1].Labels != nil || d.Titles != nil {
		t.Fatal("labels from nowhere")
	}
}

func TestTinyImageNetErrors(t *testing.T) {
	with := func(text string) []datatest.File {
		files := tinyFiles()
		files[6].Body = []byte(text)
		return files
	}
	tests := []struct {
		name  string
		files []datatest.File
		want  []string
	}{
		{"one is missing", with("val_0.JPEG\tn02\n"), []string{"val_1.JPEG", "val_annotations.txt does not give its class"}},
		{"no class", with("val_0.JPEG\n"), []string{"val_annotations.txt: line 1", "its class"}},
		{"a class without training images", with("val_0.JPEG\tn02\nval_1.JPEG\tn03\n"), []string{`"n03" has no training images`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "x.zip", datatest.Zip(tt.files...))
			_, err := Open(context.Background(), "tiny-imagenet="+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
}

func TestFaces(t *testing.T) {
	files := datatest.Dots("img_align_celeba/000002.jpg", "img_align_celeba/000001.jpg", "other/deep/000003.jpg")
	plain := mustPlan(t, "faces="+datatest.Write(t, "x.zip", datatest.Zip(files...)))
	if got := planText(plain); got != "train: img_align_celeba/000001.jpg=- img_align_celeba/000002.jpg=- other/deep/000003.jpg=-\n" {
		t.Fatal(got)
	}
	const partition = "000001.jpg 0\n000002.jpg 2\n000003.jpg 1\n"
	inside := mustPlan(t, "faces="+datatest.Unpack(t, append(slices.Clone(files), datatest.File{Name: "Eval/list_eval_partition.txt", Body: []byte(partition)})...))
	dir := t.TempDir()
	for name, body := range map[string][]byte{"faces.zip": datatest.Zip(files...), "list_eval_partition.txt": []byte(partition)} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	beside := mustPlan(t, "faces="+filepath.Join(dir, "faces.zip"))
	want := "train: img_align_celeba/000001.jpg=-\nvalid: other/deep/000003.jpg=-\ntest: img_align_celeba/000002.jpg=-\n"
	for _, p := range []*Plan{inside, beside} {
		if got := planText(p); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
	for text, want := range map[string]string{"000001.jpg 0\n": "does not give its split", "000001.jpg 9\n": "line 1", "x\n": "line 1"} {
		_, err := NewPlan(context.Background(), "faces="+datatest.Unpack(t, append(slices.Clone(files), datatest.File{Name: "list_eval_partition.txt", Body: []byte(text)})...), Options{})
		datatest.WantError(t, err, want)
	}
}

// TestPlanAndOpenAgree walks over a plan and finds at each position the image that Open
// decodes.
func TestPlanAndOpenAgree(t *testing.T) {
	files := datatest.Dots("train/b/2.png", "train/a/9.png", "test/a/1.png", "train/a/1.png")
	for name, data := range map[string][]byte{"x.tar": datatest.Tar(files...), "x.tgz": datatest.Gzip(datatest.Tar(files...)), "x.zip": datatest.Zip(files...)} {
		t.Run(name, func(t *testing.T) {
			spec := "folder:" + datatest.Write(t, name, data)
			d, p := mustOpen(t, spec, Options{}), mustPlan(t, spec)
			if p.Count() != 4 || p.Name != d.Name || p.Source != d.Source || !slices.Equal(p.Classes, d.Classes) {
				t.Fatalf("%+v", p)
			}
			var order []string
			var kept []func() error
			err := p.Walk(context.Background(), func(it Item) error {
				order = append(order, it.ID)
				s, err := d.Split(it.Split)
				if err != nil {
					return err
				}
				if s.IDs[it.Pos] != it.ID || s.Labels[it.Pos] != it.Label || d.Classes[it.Label] != it.Class {
					return fmt.Errorf("%+v", it)
				}
				check := func() error {
					data, err := it.Read(nil)
					if err != nil {
						return err
					}
					cfg, err := picture.ImageConfig(data)
					if err != nil {
						return err
					}
					channels := picture.Channels(cfg)
					pixels := make([]byte, cfg.Width*cfg.Height*channels)
					var dec picture.Decoder
					if err := dec.Decode(pixels, data, channels); err != nil {
						return err
					}
					if !bytes.Equal(pixels, s.Images.At(it.Pos)) {
						return errors.New("other pixels")
					}
					return nil
				}
				if it.Keeps {
					kept = append(kept, check)
					return nil
				}
				return check()
			})
			for _, check := range kept { // after the walk
				err = errors.Join(err, check())
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(order, []string{"train/b/2.png", "train/a/9.png", "test/a/1.png", "train/a/1.png"}) {
				t.Fatal(order)
			}
			if wantKept := name != "x.tgz"; (len(kept) == 4) != wantKept {
				t.Fatalf("%d of 4 can be read later", len(kept))
			}
			stop := errors.New("stop")
			if err := p.Walk(context.Background(), func(Item) error { return stop }); err != stop {
				t.Fatal(err)
			}
		})
	}
}

func TestPlansOfArrays(t *testing.T) {
	for _, spec := range []string{"shapes", "mnist=x", "svhn=x", "stl10=x", "cifar100=x", "cifar10=" + datatest.Unpack(t, cifarFiles(1)...)} {
		if _, err := NewPlan(context.Background(), spec, Options{}); !errors.Is(err, ErrArrays) {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

// trainName and valName return the names of images in ImageNet.
func trainName(wnid string, i int) string { return fmt.Sprintf("%s_%d.JPEG", wnid, i) }

func valName(i int) string { return fmt.Sprintf("ILSVRC2012_val_%08d.JPEG", i) }

const (
	tench    = "n01440764"
	goldfish = "n01443537"
)

// imagenetTrain returns a tar with one tar per class, like ILSVRC2012_img_train.tar.
func imagenetTrain() []byte {
	var classes []datatest.File
	for _, wnid := range []string{goldfish, tench} {
		inner := datatest.Tar(datatest.File{Name: trainName(wnid, 18), Body: datatest.Dot(1)}, datatest.File{Name: trainName(wnid, 2), Body: datatest.Dot(2)})
		classes = append(classes, datatest.File{Name: wnid + ".tar", Body: inner})
	}
	return datatest.Tar(classes...)
}

func imagenetVals() []datatest.File {
	var out []datatest.File
	for i := range 3 {
		out = append(out, datatest.File{Name: valName(i + 1), Body: datatest.Dot(uint8(10 + i))})
	}
	return out
}

// devkit returns an archive with meta.mat as written by testdata/imagenet/make.py: class 1 is
// n01443537, class 2 n01440764.
func devkit(t *testing.T) []byte {
	meta, err := os.ReadFile("testdata/imagenet/meta.mat")
	if err != nil {
		t.Fatal(err)
	}
	const dir = "ILSVRC2012_devkit_t12/data/"
	return datatest.Gzip(datatest.Tar(datatest.File{Name: dir + "meta.mat", Body: meta},
		datatest.File{Name: dir + "ILSVRC2012_validation_ground_truth.txt", Body: []byte("2\n1\n1\n")}))
}

const imagenetWant = "train: train/n01440764/n01440764_18.JPEG=n01440764 train/n01440764/n01440764_2.JPEG=n01440764" +
	" train/n01443537/n01443537_18.JPEG=n01443537 train/n01443537/n01443537_2.JPEG=n01443537\n" +
	"valid: val/ILSVRC2012_val_00000001.JPEG=n01440764 val/ILSVRC2012_val_00000002.JPEG=n01443537 val/ILSVRC2012_val_00000003.JPEG=n01443537\n"

// TestImageNet reads the same images in each of the forms in which they are distributed.
func TestImageNet(t *testing.T) {
	archives := []datatest.File{{Name: "ILSVRC2012_img_train.tar", Body: imagenetTrain()}, {Name: "ILSVRC2012_img_val.tar", Body: datatest.Tar(imagenetVals()...)}}
	with := func(more ...datatest.File) string {
		return "imagenet=" + datatest.Unpack(t, append(slices.Clone(archives), more...)...)
	}
	var folders, kaggle, sorted []datatest.File
	for _, wnid := range []string{tench, goldfish} {
		for k, i := range []int{18, 2} {
			body := datatest.Dot(uint8(1 + k))
			folders = append(folders, datatest.File{Name: "train/" + wnid + "/" + trainName(wnid, i), Body: body})
			kaggle = append(kaggle, datatest.File{Name: "ILSVRC/Data/CLS-LOC/train/" + wnid + "/" + trainName(wnid, i), Body: body})
		}
	}
	sorted = slices.Clone(folders)
	for i, v := range imagenetVals() {
		folders = append(folders, datatest.File{Name: "val/" + v.Name, Body: v.Body})
		kaggle = append(kaggle, datatest.File{Name: "ILSVRC/Data/CLS-LOC/val/" + v.Name, Body: v.Body})
		sorted = append(sorted, datatest.File{Name: "val/" + []string{tench, goldfish, goldfish}[i] + "/" + v.Name, Body: v.Body})
	}
	const csv = "ImageId,PredictionString\nILSVRC2012_val_00000002,n01443537 85 1 499 272 \nILSVRC2012_val_00000001,n01440764 1 2 3 4 n01440764 5 6 7 8\nILSVRC2012_val_00000003,n01443537 1 2 3 4\n"
	kaggle = append(kaggle, datatest.File{Name: "LOC_val_solution.csv", Body: []byte(csv)}, datatest.File{Name: "LOC_synset_mapping.txt", Body: []byte("n01440764 tench, Tinca tinca\nn01443537 goldfish\n")})
	inOrder := datatest.File{Name: "imagenet_2012_validation_synset_labels.txt", Body: []byte("n01440764\nn01443537\nn01443537\n")}
	byName := datatest.File{Name: "val.txt", Body: []byte(valName(1) + " n01440764\n" + valName(2) + " n01443537\n" + valName(3) + " n01443537\n")}
	kit := datatest.File{Name: "ILSVRC2012_devkit_t12.tar.gz", Body: devkit(t)}
	apart := datatest.Unpack(t, append(slices.Clone(archives), datatest.File{Name: "labels/my.txt", Body: byName.Body})...)
	tests := []struct {
		name, spec, titles string
	}{
		{"archives and development kit", with(kit), "[tench, Tinca tinca goldfish, Carassius auratus]"},
		{"archives and classes in order", with(inOrder), "[]"},
		{"archives and classes by name", with(byName), "[]"},
		{"archives by their paths", "imagenet=" + apart + "/ILSVRC2012_img_train.tar," + apart + "/ILSVRC2012_img_val.tar," + apart + "/labels/my.txt", "[]"},
		{"folders", "imagenet=" + datatest.Unpack(t, append(slices.Clone(folders), kit)...), "[tench, Tinca tinca goldfish, Carassius auratus]"},
		{"folders, sorted", "imagenet=" + datatest.Unpack(t, sorted...), "[]"},
		{"Kaggle's edition", "imagenet=" + datatest.Unpack(t, kaggle...), "[tench, Tinca tinca goldfish]"},
		{"Kaggle's edition in a zip", "imagenet=" + datatest.Write(t, "x.zip", datatest.Zip(kaggle...)), "[tench, Tinca tinca goldfish]"},
		{"folders in a tar.gz", "imagenet=" + datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(sorted...))), "[]"},
	}
	hash := ""
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := mustPlan(t, tt.spec)
			if got := planText(p); got != imagenetWant {
				t.Fatalf("got\n%s\nwant\n%s", got, imagenetWant)
			}
			if p.Notes != nil { // all files except the images define classes
				t.Fatal(p.Notes)
			}
			if got := fmt.Sprint(p.Titles); got != tt.titles {
				t.Fatalf("titles %s, want %s", got, tt.titles)
			}
			d := mustOpen(t, tt.spec, Options{})
			if hash == "" {
				hash = d.Hash
			}
			if d.Hash != hash {
				t.Fatal("the content differs from that of the other forms")
			}
		})
	}
}

// TestImageNetTrainIsNotReadThrough: the tar of tars can be read in any order.
func TestImageNetTrainIsNotReadThrough(t *testing.T) {
	p := mustPlan(t, "imagenet="+datatest.Write(t, "ILSVRC2012_img_train.tar", imagenetTrain()))
	if err := p.Walk(context.Background(), func(it Item) error {
		if !it.Keeps {
			return fmt.Errorf("%s cannot be read later", it.ID)
		}
		data, err := it.Read(nil)
		if want := map[string][]byte{"18.JPEG": datatest.Dot(1), "_2.JPEG": datatest.Dot(2)}[it.ID[len(it.ID)-7:]]; err == nil && !bytes.Equal(data, want) {
			err = fmt.Errorf("%s has other bytes", it.ID)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	packedTrain := mustPlan(t, "imagenet="+datatest.Write(t, "train.tar.gz", datatest.Gzip(imagenetTrain())))
	if planText(packedTrain) != planText(p) {
		t.Fatal("the compressed archive differs")
	}
}

func TestImageNetErrors(t *testing.T) {
	train := datatest.File{Name: "train/" + tench + "/" + trainName(tench, 1), Body: datatest.Dot(1)}
	val := datatest.File{Name: "val/" + valName(1), Body: datatest.Dot(2)}
	text := func(name, body string) datatest.File { return datatest.File{Name: name, Body: []byte(body)} }
	cut := imagenetTrain()
	tests := []struct {
		name  string
		files []datatest.File
		want  []string
	}{
		{"no classes", []datatest.File{train, val}, []string{"val/ILSVRC2012_val_00000001.JPEG", "nothing says its class", "ILSVRC2012_devkit_t12.tar.gz"}},
		{"one is missing", []datatest.File{train, val, text("val.txt", valName(2)+" "+tench)}, []string{"val.txt does not give its class"}},
		{"numbers without meta.mat", []datatest.File{train, val, text("ILSVRC2012_validation_ground_truth.txt", "490\n")}, []string{"need the file meta.mat"}},
		{"numbers in another file", []datatest.File{train, val, text("val.txt", "490\n")}, []string{"val.txt", "line 1", "development kit"}},
		{"Caffe's numbers and few classes", []datatest.File{train, val, text("val.txt", valName(1)+" 65\n")}, []string{"line 1", "the training images before it have 1"}},
		{"no class at all", []datatest.File{train, val, text("val.txt", valName(1)+" fish\n")}, []string{`"fish" is no class`}},
		{"no such image", []datatest.File{train, val, text("val.txt", "cat.jpg "+tench)}, []string{`"cat.jpg" is no validation image`}},
		{"two classes", []datatest.File{train, val, text("val.txt", valName(1)+" "+tench+"\n"+valName(1)+" "+goldfish)}, []string{"line 2", "before " + tench}},
		{"damaged meta.mat", []datatest.File{train, val, text("meta.mat", "no")}, []string{"meta.mat", "not a MAT-file"}},
		{"stray image", []datatest.File{train, {Name: "logo.png", Body: datatest.Dot(1)}}, []string{"logo.png", "not that of an image of ImageNet"}},
		{"cut inside", []datatest.File{{Name: "ILSVRC2012_img_train.tar", Body: cut[:len(cut)/2]}}, []string{"ILSVRC2012_img_train.tar", "truncated"}},
		{"nothing", []datatest.File{{Name: "x.txt", Body: []byte("x")}}, []string{"no JPEG, PNG or WebP images"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := datatest.Unpack(t, tt.files...)
			_, err := NewPlan(context.Background(), "imagenet="+dir, Options{})
			datatest.WantError(t, err, append(tt.want, dir)...)
		})
	}
	_, err := NewPlan(context.Background(), "imagenet=/no/such/place", Options{})
	if !errors.Is(err, content.ErrMissing) {
		t.Fatal(err)
	}
}

// TestCaffeTruth reads positions among the thousand sorted classes.
func TestCaffeTruth(t *testing.T) {
	var train []string
	for i := range imagenetClasses {
		train = append(train, fmt.Sprintf("n%08d", 7*i))
	}
	got, err := parseTruth([]byte(valName(3)+" 999\n"+valName(1)+" 65\n"), train)
	if err != nil || len(got) != 2 || got[3] != "n00006993" || got[1] != "n00000455" {
		t.Fatal(got, err)
	}
	if _, err := parseTruth([]byte(valName(1)+" 1000\n"), train); err == nil {
		t.Fatal("class 1000 of 1000")
	}
}

// TestImageNetOddities: a grey image, a CMYK image and a PNG under a JPEG's name are among
// colour photographs.
func TestImageNetOddities(t *testing.T) {
	cmyk, err := os.ReadFile("testdata/imagenet/cmyk.jpg")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/imagenet/cmyk.png")
	if err != nil {
		t.Fatal(err)
	}
	grey, err := os.ReadFile("testdata/imagenet/grey.jpg")
	if err != nil {
		t.Fatal(err)
	}
	const dir = "train/n02105855/"
	d := mustOpen(t, "imagenet="+datatest.Unpack(t,
		datatest.File{Name: dir + "n02105855_1.JPEG", Body: grey}, datatest.File{Name: dir + "n02105855_2.JPEG", Body: cmyk},
		datatest.File{Name: dir + "n02105855_2933.JPEG", Body: want}), Options{})
	im := d.Splits[0].Images
	if im.C != 3 || im.N != 3 {
		t.Fatalf("%d images with %d channels", im.N, im.C)
	}
	const most = 2 // in grey levels: another decoder converted the CMYK image through JPEG's transform
	for i, v := range im.At(1) {
		if diff := int(v) - int(im.At(2)[i]); diff > most || diff < -most {
			t.Fatalf("byte %d of the CMYK image is %d, and %d by Pillow", i, v, im.At(2)[i])
		}
	}
	if g := im.At(0); g[0] != g[1] || g[1] != g[2] {
		t.Fatal("grey is not grey")
	}
}

// FuzzTruth: any text is read or refused, with classes that are WordNet's numbers.
func FuzzTruth(f *testing.F) {
	f.Add([]byte("n01440764\nn01443537\n"))
	f.Add([]byte("ImageId,PredictionString\nILSVRC2012_val_00000001,n01440764 1 2 3 4\n"))
	f.Add([]byte("ILSVRC2012_val_00000001.JPEG 65\r\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseTruth(text, nil)
		for n, c := range got {
			if err == nil && (n < 1 || !wnidFolder.MatchString(c)) {
				t.Fatalf("image %d has the class %q", n, c)
			}
		}
	})
}

// FuzzSynsets: any meta.mat is read or refused.
func FuzzSynsets(f *testing.F) {
	meta, err := os.ReadFile("testdata/imagenet/meta.mat")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(meta)
	f.Add(meta[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		ids, _, err := parseSynsets(bytes.NewReader(data), int64(len(data)))
		for _, c := range ids {
			if err == nil && !wnidFolder.MatchString(c) {
				t.Fatalf("class %q", c)
			}
		}
	})
}
