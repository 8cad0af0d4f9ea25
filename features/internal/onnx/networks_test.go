package onnx

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// Bounds on the difference from PyTorch's float64 outputs, relative to the largest value: the
// first, or three times the difference of PyTorch's own float32 outputs if that is larger.
// Inception's input is scaled again inside the network, which loses more.
const (
	networkTolerance   = 5e-6
	inceptionTolerance = 3e-5
	timesPyTorch       = 3
)

// leastApart is what the outputs of the two images must differ by, relative to the largest value.
// The two networks without normalisation, whose random weights let the signal die, differ by 0.079
// and 0.021 in PyTorch too, which is still over 4000 times the bound.
const leastApart = 0.1

var closer = map[string]float64{"alexnet": 0.07, "squeezenet1_1": 0.02}

// The twenty networks of torchvision agree with PyTorch in float64, for two images whose outputs
// differ, so that a network that ignores its images fails. REPBENCH_TEST_NETS names the folder;
// docs/onnx.md has the script that fills it.
func TestNetworksOfTorchvision(t *testing.T) {
	dir := os.Getenv("REPBENCH_TEST_NETS")
	if dir == "" {
		t.Skip("REPBENCH_TEST_NETS does not name a folder of networks; docs/onnx.md says how to make one")
	}
	for _, name := range []string{"resnet18", "resnet50", "densenet121", "googlenet", "inception_v3", "regnet_y_400mf", "mobilenet_v3_small",
		"mobilenet_v3_large", "shufflenet_v2_x1_0", "efficientnet_b0", "efficientnet_v2_s", "convnext_tiny", "vit_b_16", "swin_t", "mnasnet1_0",
		"squeezenet1_1", "vgg11_bn", "alexnet", "resnext50_32x4d", "wide_resnet50_2"} {
		t.Run(name, func(t *testing.T) { compareNetwork(t, dir, name) })
	}
}

// compareNetwork runs NAME.onnx on NAME.x.npy and compares with NAME.y64.npy.
func compareNetwork(t *testing.T, dir, name string) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path + ".y64.npy"); err != nil {
		t.Skipf("the network is not in the folder: %v", err)
	}
	m, err := Open(path + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	dims, x := readArray[float32](t, path+".x.npy")
	outDims, want := readArray[float64](t, path+".y64.npy")
	_, pytorch := readArray[float32](t, path+".y.npy")
	least := leastApart
	if closer[name] != 0 {
		least = closer[name]
	}
	bound := max(networkTolerance, timesPyTorch*testcheck.Difference(t, pytorch, want))
	if name == "inception_v3" {
		bound = max(bound, inceptionTolerance)
	}
	if d := apart(want, outDims[0]); !(d > least) {
		t.Errorf("the outputs of the two images differ by %.2g of the largest value; the comparison says little", d)
	}
	images, nhwc := toLast(x, dims)
	got, _, err := run(t, m, images, nhwc, Target{})
	if err != nil {
		t.Fatal(err)
	}
	if d := apart(got, outDims[0]); !(d > least) {
		t.Errorf("the two images give outputs that differ by %.2g of the largest value", d)
	}
	e := testcheck.Difference(t, got, want)
	t.Logf("%.2g of the largest value away, bound %.2g", e, bound)
	if e > bound {
		t.Errorf("it differs by %.2g of the largest value, more than %.2g", e, bound)
	}
	// A larger batch runs its first layers for some images at a time.
	const times = 4
	nhwc[0] *= times
	got, _, err = run(t, m, slices.Repeat(images, times), nhwc, Target{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range times {
		if e := testcheck.Difference(t, got[i*len(want):(i+1)*len(want)], want); e > bound {
			t.Errorf("images %d and %d of %d differ by %.2g of the largest value, more than %.2g", 2*i, 2*i+1, nhwc[0], e, bound)
		}
	}
}

// readArray reads a whole .npy file.
func readArray[T npy.Elem](t *testing.T, path string) ([]int, []T) {
	t.Helper()
	dims, x, err := npy.Read[T](path)
	if err != nil {
		t.Fatal(err)
	}
	return dims, x
}

// apart is the largest difference between the first two of n rows, relative to the largest value.
func apart[T float32 | float64](y []T, n int) float64 {
	d := len(y) / n
	var most, largest float64
	for i := range d {
		most = max(most, math.Abs(float64(y[i]-y[d+i])))
		largest = max(largest, math.Abs(float64(y[i])), math.Abs(float64(y[d+i])))
	}
	return most / largest
}
