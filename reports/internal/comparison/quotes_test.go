package comparison

import (
	"testing"

	"repbench/reports/internal/format"
)

// The quoted numbers equal the numbers in the paper's tables.
func TestQuotes(t *testing.T) {
	find := func(data, method string) quotedRow {
		q, ok := quotedFor(data)
		if !ok {
			t.Fatalf("nothing is quoted for %s", data)
		}
		for _, r := range q.rows {
			if r.method == method {
				return r
			}
		}
		t.Fatalf("%s: no row %q", data, method)
		return quotedRow{}
	}
	if r := find("cifar10", "DCGAN + L2-SVM"); r.value != "82.8 %" || r.extra != "73.8 % ± 0.4" || r.units != 512 {
		t.Errorf("CIFAR-10: %+v", r)
	}
	if r := find("svhn", "DCGAN + L2-SVM"); r.value != "22.48 %" {
		t.Errorf("SVHN: %+v", r)
	}
	find("svhn", svhnSupervised)
	if r := find("mnist", "DCGAN"); r.value != "2.98 %" || r.extra != "1.48 %" {
		t.Errorf("MNIST: %+v", r)
	}
	if _, ok := quotedFor("tiny-imagenet"); ok {
		t.Error("something is quoted for tiny-imagenet")
	}
}

func TestShare(t *testing.T) {
	for in, want := range map[string][2]float64{
		"73.8 % ± 0.4": {0.738, 0.004}, "22.48 %": {0.2248, format.NaN}, "": {format.NaN, format.NaN},
	} {
		v, half := share(in)
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if !same(v, want[0]) || !same(half, want[1]) {
			t.Errorf("%q is %v ± %v, want %v", in, v, half, want)
		}
	}
}
