package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/released"
)

// digitsMAT writes a MAT-file of n images of 32×32×3 in the form of SVHN's: a bar whose row
// follows the class, 1 … 10, on noise. The noise of another seed is other noise.
func digitsMAT(t *testing.T, path string, n int, seed uint32) {
	t.Helper()
	const plane, image = 32 * 32, 3 * 32 * 32
	pixels, classes := make([]byte, n*image), make([]byte, n)
	for i := range n {
		seed = seed*1664525 + 1013904223
		classes[i] = byte(1 + seed>>16%10)
		for p := range image {
			seed = seed*1664525 + 1013904223
			v := seed >> 24 // noise
			if row := p % plane % 32; row/3 == int(classes[i])-1 && seed>>20&3 > 0 {
				v = 255
			}
			pixels[i*image+p] = byte(v)
		}
	}
	var b bytes.Buffer
	b.WriteString(fmt.Sprintf("%-124s", "MATLAB 5.0 MAT-file, of a test"))
	b.Write([]byte{0, 1, 'I', 'M'})
	b.Write(matrixMAT("X", []uint32{32, 32, 3, uint32(n)}, pixels))
	b.Write(matrixMAT("y", []uint32{uint32(n), 1}, classes))
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// matrixMAT is an array of bytes as an element of a MAT-file.
func matrixMAT(name string, dims []uint32, data []byte) []byte {
	element := func(kind uint32, body []byte) []byte {
		out := binary.LittleEndian.AppendUint32(nil, kind)
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(body))), body...)
		return append(out, make([]byte, (8-len(body)%8)%8)...)
	}
	words := func(list ...uint32) []byte {
		var out []byte
		for _, w := range list {
			out = binary.LittleEndian.AppendUint32(out, w)
		}
		return out
	}
	const array, uint8s, int32s, int8s, bytesKind = 14, 9, 5, 1, 2
	return element(array, slices.Concat(element(6, words(uint8s, 0)), element(int32s, words(dims...)), element(int8s, []byte(name)), element(bytesKind, data)))
}

// TestSVHN1000FromMAT: the whole protocol, from MAT-files to the wrong rows of 170 draws. The
// split and the draws are made again by hand from the features, as NumPy files, and have to lead
// to the same counts: the first 10,000 of the shuffled order to choose on, the others, in that
// order, to draw from.
func TestSVHN1000FromMAT(t *testing.T) {
	if testing.Short() {
		t.Skip("12,000 images are encoded, and 340 classifiers fitted")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("svhn"), 0o755); err != nil {
		t.Fatal(err)
	}
	const n = 12_000
	digitsMAT(t, at("svhn/train_32x32.mat"), n, 1)
	digitsMAT(t, at("svhn/test_32x32.mat"), 300, 2)
	whole := document(t, "eval", "fewshot", "--draws", "released", "--encoder", "random:svhn32,width=1", "--data", "svhn="+at("svhn"), "--features", at("features"))
	if whole["protocol"] != "svhn-1000" || whole["drawn"] != "released" || whole["n_set_aside"] != 10_000.0 || whole["draws"] != 100.0 {
		t.Errorf("%v, drawn %v, %v set aside, %v draws", whole["protocol"], whole["drawn"], whole["n_set_aside"], whole["draws"])
	}
	if accuracy := whole["test_accuracy"].(float64); accuracy < 0.3 || accuracy == 1 {
		t.Errorf("accuracy %v says nothing of the counts", accuracy)
	}

	shape, x, err := npy.Read[float32](at("features/train_features.npy"))
	if err != nil {
		t.Fatal(err)
	}
	_, y, err := npy.Read[int32](at("features/train_labels.npy"))
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string, rows []int32) {
		var features []float32
		var labels []int32
		for _, r := range rows {
			features = append(features, x[int(r)*shape[1]:int(r+1)*shape[1]]...)
			labels = append(labels, y[r])
		}
		write(t, npy.Write(at(name+"_x.npy"), []int{len(rows), shape[1]}, features))
		write(t, npy.Write(at(name+"_y.npy"), []int{len(rows)}, labels))
	}
	order := released.Order(n)
	part("valid", order[:10_000])
	part("pool", order[10_000:])
	byClass := make([][]int32, 10)
	for i, r := range order[10_000:] {
		byClass[y[r]] = append(byClass[y[r]], int32(i))
	}
	draws := released.DrawAll(byClass, 7)
	write(t, npy.Write(at("select.npy"), []int{7, 10, 1000}, slices.Concat(slices.Concat(draws.Select...)...)))
	write(t, npy.Write(at("report.npy"), []int{100, 1000}, slices.Concat(draws.Report...)))
	byHand := document(t, "eval", "fewshot", "--train-x", at("pool_x.npy"), "--train-y", at("pool_y.npy"), "--valid-x", at("valid_x.npy"), "--valid-y", at("valid_y.npy"),
		"--test-x", at("features/test_features.npy"), "--test-y", at("features/test_labels.npy"), "--select-rows", at("select.npy"), "--report-rows", at("report.npy"))
	for _, key := range []string{"C", "select", "report", "test_accuracies"} {
		if got, want := fmt.Sprint(byHand[key]), fmt.Sprint(whole[key]); got != want {
			t.Errorf("%s by hand %.300s, by the command %.300s", key, got, want)
		}
	}
}

func write(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
