package datasets

import (
	"errors"
	"reflect"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/datatest"
)

func TestParseSpec(t *testing.T) {
	tests := []struct {
		text string
		want Spec
	}{
		{"cifar10", Spec{Name: "cifar10"}},
		{"CIFAR10=a.tar.gz", Spec{Name: "cifar10", Paths: []string{"a.tar.gz"}}},
		{"tiny-imagenet=A,B", Spec{Name: "tiny-imagenet", Paths: []string{"A", "B"}}},
		{"cifar10=/odd:name=x", Spec{Name: "cifar10", Paths: []string{"/odd:name=x"}}},
		{"cifar100", Spec{Name: "cifar100"}},
		{"cifar100:coarse=x", Spec{Name: "cifar100", Variant: "coarse", Paths: []string{"x"}}},
		{"svhn:extra", Spec{Name: "svhn", Variant: "extra"}},
		{"svhn=x:y=z", Spec{Name: "svhn", Paths: []string{"x:y=z"}}},
		{"LSUN:Bedroom=a,b", Spec{Name: "lsun", Variant: "bedroom", Paths: []string{"a", "b"}}},
		{"imagenet=a,b", Spec{Name: "imagenet", Paths: []string{"a", "b"}}},
		{"faces=a", Spec{Name: "faces", Paths: []string{"a"}}},
		{"stl10", Spec{Name: "stl10"}},
		{"mnist=dir", Spec{Name: "mnist", Paths: []string{"dir"}}},
		{"folder:/my/photos", Spec{Name: "folder", Paths: []string{"/my/photos"}}},
		{"folder:a,b", Spec{Name: "folder", Paths: []string{"a", "b"}}},
		{"folder=a", Spec{Name: "folder", Paths: []string{"a"}}},
		{"shapes", Spec{Name: "shapes"}},
		{"shapes:size=64,train=20000,test=2000,seed=3",
			Spec{Name: "shapes", Shapes: ShapesSpec{Size: 64, Train: 20000, Test: 2000, Seed: 3}}},
		{"shapes:seed=9223372036854775807", Spec{Name: "shapes", Shapes: ShapesSpec{Seed: 1<<63 - 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseSpec(tt.text)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseSpecErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "there is no set of that name"},
		{"cifar1000", "there are: cifar10"},
		{"cifar100:fine", `"fine" is not a part of cifar100; there are: coarse`},
		{"svhn:", `"" is not a part of svhn`},
		{"svhn:extra=", "path 1 of 1 is empty"},
		{"svhn=a,b", "svhn is one folder"},
		{"lsun", "needs one of bedroom"},
		{"lsun=/x", "as in lsun:bedroom=PATH"},
		{"lsun:garden=/x", `"garden" is not a part of lsun`},
		{"imagenet:train=/x", "after '='"},
		{"prepared", "needs a folder: prepared:DIR"},
		{"prepared=x", "needs a folder: prepared:DIR"},
		{"prepared:", `the folder is ""`},
		{"cifar10:x", "after '='"},
		{"cifar10=", "path 1 of 1 is empty"},
		{"cifar10=a,,b", "path 2 of 3 is empty"},
		{"cifar10=a\x00b", "zero byte"},
		{"mnist=a,b", "one folder"},
		{"folder", "folder:PATH"},
		{"shapes=64", "after ':'"},
		{"shapes:", "key=N"},
		{"shapes:size", "key=N"},
		{"shapes:size=x", "key=N"},
		{"shapes:train=-5", "positive"},
		{"shapes:seed=0", "positive"},
		{"shapes:size=4294967296", "key=N"},
		{"shapes:colour=3", `no option "colour"`},
		{"shapes:trian=3", `did you mean "train"?`},
		{"shapes:size=32,size=64", "given twice"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			_, err := ParseSpec(tt.text)
			datatest.WantError(t, err, tt.want)
			if !errors.Is(err, ErrSpec) {
				t.Errorf("%v does not wrap ErrSpec", err)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	t.Setenv(catalog.CacheEnv, "/some/folder")
	o, err := Options{}.resolve()
	if err != nil || o.CacheDir != "/some/folder" || o.Threads < 1 || o.MaxBytes != defaultMaxBytes || o.Progress == nil {
		t.Fatalf("%+v, %v", o, err)
	}
	if o, _ := (Options{Options: catalog.Options{CacheDir: "mine"}}).resolve(); o.CacheDir != "mine" {
		t.Fatalf("CacheDir %q, want the option to win", o.CacheDir)
	}
	for _, tt := range []struct {
		name string
		o    Options
	}{
		{"Size", Options{Size: -1}}, {"Count", Options{Count: -1}}, {"TestCount", Options{TestCount: -1}},
		{"Threads", Options{Threads: -1}}, {"MaxBytes", Options{MaxBytes: -1}},
	} {
		_, err := tt.o.resolve()
		datatest.WantError(t, err, tt.name+" is -1")
	}
}
