package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"repbench/datasets"
	"repbench/internal/golden"
	"repbench/internal/npy"
)

const goldenShapes = "shapes:size=16,train=60,test=20"

// copiedShapes is the set whose first ten training images generated.npy holds.
const copiedShapes = "shapes:size=16,train=60,test=200"

// transcripts holds the command lines of each file testdata/golden/NAME.txt, run
// one after another in a new folder with a new cache. They are so small, and their
// decisions so clear, that all kernels give the same text: REPBENCH_SIMD=portable and
// avx2 have to pass as well.
var transcripts = []struct {
	name     string
	commands []string
}{
	{"doctor", []string{"doctor"}},
	{"data-list", []string{"data list", "data verify cifar10"}},
	{"prepare", []string{
		"data prepare " + goldenShapes + " --size 8 --out one",
		"data prepare " + goldenShapes + " --size 8,12 --filter box --out two"}},
	{"dedup", []string{
		"data dedup --data shapes:size=16,train=20,test=10 --against shapes:size=16,train=10,test=10 --method dhash --out twice",
		"data dedup --data " + goldenShapes + " --method phash --radius 4 --out alone"}},
	{"train", []string{
		"train --arch svhn32 --width 1 --data shapes:train=60,test=20 --batch 16 --out run --steps 1",
		"train --arch svhn32 --width 1 --data shapes:train=60,test=20 --batch 16 --out run --steps 2",
		"sample run --n 4 --out sheet.png",
		"extract --encoder dcgan:run --data shapes:train=60,test=20 --out features",
		"report run --out report"}},
	{"train-autoencoder", []string{"train autoencoder --data " + goldenShapes + " --batch 8 --out run --steps 2"}},
	{"sample", []string{
		"sample random:svhn32,width=1 --n 4 --out sheet.png",
		"sample random:svhn32,width=1 --n 4 --npy images.npy"}},
	{"extract", []string{
		"extract --encoder pixels --data " + goldenShapes + " --out pixels",
		"extract --encoder random:svhn32,width=1 --data shapes:train=60,test=20 --dtype float16 --layers conv1,conv2 --out random"}},
	{"eval-linear", []string{
		"eval linear --encoder pixels --data " + goldenShapes + " --features pixels --C 0.001",
		"eval linear --features pixels --C 0.0001,0.001 --hold-out 0.2",
		"eval linear --train-x x.npy --train-y y.npy --test-x test-x.npy --test-y y.npy --C 1",
		"report pixels --out report"}},
	{"eval-fewshot", []string{
		"eval fewshot --encoder pixels --data " + goldenShapes + " --features pixels --labels 2 --draws 3 --C 0.001",
		"eval fewshot --features pixels --labels 1,3 --draws 2 --select-draws 2 --C 0.0001,0.001",
		"eval fewshot --train-x x.npy --train-y y.npy --test-x test-x.npy --test-y y.npy --labels 4 --draws 2 --C 1"}},
	{"eval-knn", []string{
		"eval knn --encoder pixels --data " + goldenShapes + " --features pixels",
		"eval knn --features pixels --k 1,5 --metric euclidean --votes uniform",
		"eval knn --train-x x.npy --train-y y.npy --test-x test-x.npy --test-y y.npy --preset vissl --k 7"}},
	{"eval-supervised", []string{
		"eval supervised --arch svhn32 --width 1 --data shapes:train=60,test=20 --out search --trials 2 --steps 2 --batch 16"}},
	{"eval-compare", []string{
		"eval compare --truth truth.npy a.npy",
		"eval compare --truth truth.npy a.npy b.npy",
		"eval compare --truth truth.npy --seeds --valid 0.6,0.8 a.npy b.npy",
		"eval compare --truth truth.npy a.npy,b.npy a2.npy,b2.npy"}},
	{"neighbours", []string{
		"neighbours --queries images.npy --base images.npy --metric mirror+shift --k 2 --out near",
		"neighbours --queries images.npy --base images.npy --metric mirror+shift --k 2 --out near",
		"neighbours --queries images.npy --base images.npy --metric correlation --k 2 --out alike --json",
		"neighbours --queries test-x.npy --base x.npy --metric cosine --k 3 --out features"}},
	{"memorization", []string{
		"memorization --images generated.npy --data " + copiedShapes + " --control 5 --out out",
		"memorisation --images generated.npy --data " + copiedShapes + " --metric pixels --control 5 --fdr 0.1",
		"memorization --images generated.npy --train training.npy --null heldout.npy --metric mirror --control 0",
		"memorization --images x.npy --train x.npy --null test-x.npy --score distance"}},
	{"quality", []string{
		"quality --real x.npy --gen test-x.npy --metrics prdc,two-sample-nn --halves 5",
		"quality --real x.npy --gen test-x.npy --test x.npy --metrics recall,sw-approx --convention dgm-eval --halves 0"}},
	{"cache", []string{
		"cache list",
		"eval linear --encoder pixels --data " + goldenShapes + " --C 0.001 --record r.jsonl",
		"cache list",
		"cache prune --max-size 0 --dry-run",
		"cache prune --max-size 0",
		"cache list"}},
	{"errors", []string{
		"frobnicate",
		"eval frobnicate",
		"doctor --fast",
		"doctor --threads -1",
		"doctor --backend tpu9",
		"train --arch svhn32",
		"train --arch vgg --data shapes --out x --steps 1",
		"train --arch svhn32 --data shapes --out x --steps 1 --epochs 1",
		"train --arch svhn32 --data shapes:train=60,test=10 --out x --epochs 2",
		"sample",
		"sample random:svhn32",
		"extract --encoder pixels --data nosuchset --out x",
		"extract --encoder nosuchencoder --data shapes --out x",
		"extract --encoder pixels --data shapes --out x --dtype int8",
		"extract --encoder random:svhn32,width=1 --data shapes --out x --layers conv9",
		"eval linear",
		"eval linear --features nosuchfolder",
		"eval linear --features x --C ten",
		"eval linear --features x --grid 9",
		"eval fewshot --features x",
		"eval fewshot --features x --protocol mnist",
		"eval knn --features x --votes rank",
		"eval knn --features x --k 0",
		"eval compare a.npy",
		"eval compare --truth truth.npy a.npy a.npy",
		"eval supervised --arch svhn32 --data shapes:train=60,test=10 --labels-per-class 40",
		"memorization --images generated.npy",
		"memorization --images generated.npy --run random:svhn32 --data shapes",
		"memorization --run random:svhn32 --n 1 --data shapes",
		"memorization --images generated.npy --data shapes --metric manhattan",
		"memorization --images generated.npy --data shapes --score rank",
		"memorization --images generated.npy --data shapes --pool mean",
		"memorization --images generated.npy --data " + copiedShapes + " --metric euclidean",
		"memorization --images generated.npy --data shapes:size=32,train=60,test=20",
		"memorization --images generated.npy --train training.npy",
		"memorization --images generated.npy --train training.npy --null training.npy",
		"memorization --images generated.npy --data " + copiedShapes + " --null valid",
		"memorization --images truth.npy --data shapes",
		"memorization --images generated.npy --train x.npy --null x.npy",
		"memorization --images generated.npy --data " + copiedShapes + " --cells x.npy,y.npy",
		"memorization --images generated.npy --data " + copiedShapes + " --scores generated.npy",
		"quality --real x.npy --gen test-x.npy",
		"quality --real x.npy --gen test-x.npy --metrics fid",
		"quality --real x.npy --gen y.npy --metrics kid",
		"data fetch cifar10",
		"data prepare shapes --out x",
		"data dedup --data shapes",
		"data dedup --data shapes:size=16,train=80,test=1 --planted 16 --method dhash --out x",
		"neighbours --queries a.npy",
		"neighbours --queries images.npy --base images.npy --metric l1 --k 1 --out out",
		"neighbours --queries images.npy --base x.npy --metric pixels --k 1 --out out",
		"neighbours --queries x.npy --base x.npy --metric euclidean --k 1000 --out out",
		"report --out x",
		"report nosuchfolder --out x",
		"cache prune",
		"cache prune --max-size big"}},
}

// TestGolden: what each command prints is what testdata/golden holds.
func TestGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("trains tiny networks")
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"help"}
	for _, tt := range transcripts {
		names = append(names, tt.name+".txt")
		t.Run(tt.name, func(t *testing.T) {
			work := t.TempDir()
			t.Chdir(work)
			inputs(t)
			var text strings.Builder
			for i, line := range tt.commands {
				if i > 0 {
					text.WriteString("\n")
				}
				text.WriteString(transcript(line))
			}
			golden.Compare(t, filepath.Join(dir, tt.name+".txt"), normalise(text.String(), work))
		})
	}
	onlyNames(t, dir, names)
}

// onlyNames fails where the folder of golden files has one that nothing writes.
func onlyNames(t *testing.T, dir string, names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			t.Errorf("%s is no test's: delete it", filepath.Join(dir, e.Name()))
		}
	}
}

// inputs writes the arrays that the command lines name to the current folder.
func inputs(t *testing.T) {
	t.Helper()
	arrays(t, ".")
	pix := make([]uint8, 4*6*6)
	for i := range pix[:3*6*6] { // the last one is black
		pix[i] = uint8(i * i)
	}
	if err := npy.Write("images.npy", []int{4, 6, 6, 1}, pix); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]int{"truth.npy": 0, "a.npy": 20, "b.npy": 30, "a2.npy": 20, "b2.npy": 50} {
		written(t, ".", name, 200, wrong)
	}
	copied(t)
}

// copied writes the images of copiedShapes as training.npy and heldout.npy, and generated.npy:
// ten of the training images, and 30 of another seed.
func copied(t *testing.T) {
	t.Helper()
	set, other := shapesOf(t, copiedShapes), shapesOf(t, copiedShapes+",seed=2")
	train, heldOut := set.Splits[0].Images, set.Splits[1].Images
	generated := slices.Concat(train.Slice(0, 10).Data, other.Splits[0].Images.Slice(0, 30).Data)
	for name, px := range map[string][]uint8{"training": train.Data, "heldout": heldOut.Data, "generated": generated} {
		if err := npy.Write(name+".npy", []int{len(px) / train.Stride(), train.H, train.W, train.C}, px); err != nil {
			t.Fatal(err)
		}
	}
}

func shapesOf(t *testing.T, spec string) *datasets.Dataset {
	t.Helper()
	set, err := datasets.Open(t.Context(), spec, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// transcript runs one command line and returns it with what it printed; standard
// error is marked by "! ", and a status other than 0 is named.
func transcript(line string) string {
	var out, errs bytes.Buffer
	args := append([]string{"--backend", "cpu", "--cache", "cache", "--offline", "-q"}, strings.Fields(line)...)
	status := run(context.Background(), args, &out, &errs)
	text := "$ repbench " + line + "\n" + out.String()
	for l := range strings.Lines(errs.String()) {
		text += "! " + l
	}
	if status != 0 {
		text += fmt.Sprintf("(exit status %d)\n", status)
	}
	return text
}

// varying is what differs from run to run or from machine to machine, and what a
// golden file has in its place.
var varying = []struct {
	found *regexp.Regexp
	put   string
}{
	{regexp.MustCompile(`\b\d+\.\d s\b`), "N s"},
	{regexp.MustCompile(`("seconds": )[0-9.e-]+`), "${1}N"},
	{regexp.MustCompile(`(?m)^(  cost   (?:[0-9.]+ million multiply-adds per image, )?).* images/s.*$`), "${1}N images/s, N MB"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d\b`), "YYYY-MM-DD hh:mm"},
	{regexp.MustCompile(`(cache/features/)[0-9a-f]{16}\b`), "${1}KEY"},
	{regexp.MustCompile(`(?m)^(repbench +)\S+, commit .*$`), "${1}VERSION, commit COMMIT"},
	{regexp.MustCompile(`(?m)^(built +)\S+, gomlx \S+, compute \S+, go-xla (?:\S+|absent \(built without cgo\))$`), "${1}GO, gomlx VERSION, compute VERSION, go-xla VERSION"},
	{regexp.MustCompile(`(?m)^(machine +)\S+, \d+ threads, \S+ GiB of memory$`), "${1}PLATFORM, N threads, N GiB of memory"},
	{regexp.MustCompile(`(?m)^(simd +)\S+( \(.*?\)).*$`), "${1}LEVEL${2}"},
	{regexp.MustCompile(`\bcpu\+\w+`), "cpu+LEVEL"},
	{regexp.MustCompile(`(?m)^(xla +).*$`), "${1}PLUGINS"},
}

// normalise puts fixed words in the place of folder, times, days, keys of the cache,
// versions and what else depends on the machine.
func normalise(text, folder string) string {
	text = strings.ReplaceAll(text, folder, "FOLDER")
	for _, v := range varying {
		text = v.found.ReplaceAllString(text, v.put)
	}
	return text
}

func TestNormalise(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"folder", "report in /tmp/x/001/report.pdf", "report in FOLDER/report.pdf"},
		{"seconds", "768 features, 0.1 s\n  12.4 s, search in x", "768 features, N s\n  N s, search in x"},
		{"day", "features  2026-11-28 03:46  0.3 MB", "features  YYYY-MM-DD hh:mm  0.3 MB"},
		{"key", "features in cache/features/0fd3e10404ef5e41, record", "features in cache/features/KEY, record"},
		{"version", "repbench   0.1.0, commit unknown\n", "repbench   VERSION, commit COMMIT\n"},
		{"built", "built      go1.26.8, gomlx v0.28.2, compute v0.1.3, go-xla v0.4.1", "built      GO, gomlx VERSION, compute VERSION, go-xla VERSION"},
		{"machine", "machine    linux/amd64, 2 threads, 23.5 GiB of memory", "machine    PLATFORM, N threads, N GiB of memory"},
		{"simd", "simd       avx2 (REPBENCH_SIMD forces x) no AVX-512 here\nbackend    cpu+avx2", "simd       LEVEL (REPBENCH_SIMD forces x)\nbackend    cpu+LEVEL"},
		{"plugins", "xla        no plugin found", "xla        PLUGINS"},
		{"seconds of a document", "\"seconds\": 0.0123,", "\"seconds\": N,"},
		{"results stay", "test  20.00 %  [8.07, 41.60]   standard error 2.89   C 0.001, size 0.3 MB, k 20, 1.96 sd", "test  20.00 %  [8.07, 41.60]   standard error 2.89   C 0.001, size 0.3 MB, k 20, 1.96 sd"},
	} {
		if got := normalise(tt.text, "/tmp/x/001"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestGoldenHelp: the help of each command is what testdata/golden/help holds, and
// no file there is without its command.
func TestGoldenHelp(t *testing.T) {
	dir := filepath.Join("testdata", "golden", "help")
	var names []string
	_, root := newApp(nil, nil)
	eachCommand(root, func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		name := strings.Join(append(words, "help.txt"), "-")
		names = append(names, name)
		golden.Compare(t, filepath.Join(dir, name), transcript(strings.Join(append(words, "--help"), " ")))
	})
	onlyNames(t, dir, names)
}

// eachCommand calls f for c and all commands below it.
func eachCommand(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		eachCommand(sub, f)
	}
}
