package features

import (
	"strings"
	"testing"
)

// Keys of version 1 of the program before images of any size could be read: the same settings find
// the same features in the cache.
func TestNetworkKeysAreFrozen(t *testing.T) {
	ds := noise(3, 1)
	var got []string
	for _, spec := range []string{
		testNet("convnet"),
		testNet("convnet") + ",norm=imagenet,resize=bicubic,color=bgr",
		testNet("convnet") + ",resize=bilinear,output=y1",
		testNet("transformer") + ",output=y1,token=3",
		testNet("transformer") + ",output=y1",
	} {
		e := open(t, spec, Options{Grid: 2})
		key, err := e.CacheKey(ds)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, key[:16])
	}
	if want := "7e62a38d9000386e 2d9bf38f62cf11ea a37dbea11ac315da e984c70ee1a0a204 adeeae832c3736f4"; strings.Join(got, " ") != want {
		t.Errorf("keys\n%s, want\n%s", strings.Join(got, " "), want)
	}
}
