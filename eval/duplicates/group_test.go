package duplicates

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// slowGroups compares all pairs of images, and all images with the mirror images of the others:
// the oracle of link.
func slowGroups(n int, codes []Code, radius int) [][]int {
	f := newForest(n)
	for i := range codes {
		for j := range min(i, n) {
			if codes[i] != NoCode && codes[j] != NoCode && Distance(codes[i], codes[j]) <= radius {
				f.join(i%n, j%n)
			}
		}
	}
	return f.groups()
}

// clustered returns n codes of the given number of bits, most of them a few flips from another
// one.
func clustered(r *rand.Rand, n, bits int) []Code {
	codes := make([]Code, n)
	for i := range codes {
		if i > 0 && r.IntN(4) > 0 {
			codes[i] = codes[r.IntN(i)]
			for range r.IntN(12) {
				b := r.IntN(bits)
				codes[i][b/64] ^= 1 << (b % 64)
			}
			continue
		}
		for b := range bits {
			if r.IntN(2) == 0 {
				codes[i].set(b)
			}
		}
	}
	return codes
}

func TestLinkEqualsAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, bits := range []int{7, 40, 64, 128, 256} {
		for _, radius := range []int{0, 1, 3, 6} {
			for _, copies := range []int{1, 2} { // 2: with the codes of mirror images
				t.Run(fmt.Sprintf("bits=%d,radius=%d,copies=%d", bits, radius, copies), func(t *testing.T) {
					const n = 150
					codes := clustered(r, n*copies, bits)
					if bits < 200 {
						codes[3], codes[40], codes[n*copies-1] = NoCode, NoCode, NoCode
					}
					f := newForest(n)
					if err := link(context.Background(), f, codes, bits, radius, nil); err != nil {
						t.Fatal(err)
					}
					got, want := f.groups(), slowGroups(n, codes, radius)
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%d groups, all pairs give %d:\n%v\n%v", len(got), len(want), got, want)
					}
				})
			}
		}
	}
}

// Two images of which only the mirror images are close are not linked; an image and a mirror
// image are.
func TestMirrorImagesAreComparedWithImagesAlone(t *testing.T) {
	code := func(bits ...int) (c Code) {
		for _, b := range bits {
			c.set(b)
		}
		return c
	}
	codes := []Code{
		code(0, 1, 2, 3, 4, 5), code(10, 11, 12, 13, 14, 15), code(20, 21, 22, 23, 24), code(30, 31, 32, 33, 34), // images
		code(50, 51), code(50, 51), code(50, 52), code(0, 1, 2, 3, 4), // their mirror images
	}
	for _, tt := range []struct {
		radius int
		want   [][]int
	}{{0, nil}, {1, [][]int{{0, 3}}}, {2, [][]int{{0, 3}}}} {
		f := newForest(4)
		if err := link(context.Background(), f, codes, 64, tt.radius, nil); err != nil {
			t.Fatal(err)
		}
		if got := f.groups(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("radius %d: groups %v, want %v", tt.radius, got, tt.want)
		}
	}
}

// TestBandsPartition: every bit is in exactly one band, which ensures that all pairs are found.
func TestBandsPartition(t *testing.T) {
	for _, bits := range []int{1, 63, 64, 65, 128, 256} {
		for bands := 1; bands <= min(bits, 9); bands++ {
			seen := 0
			var all Code
			for b := range bands {
				m := bandMask(bits, bands, b)
				seen += Distance(m, Code{})
				for w := range all {
					all[w] |= m[w]
				}
			}
			if seen != bits || Distance(all, Code{}) != bits {
				t.Errorf("%d bits in %d bands: %d bits in the bands, %d different ones", bits, bands, seen, Distance(all, Code{}))
			}
		}
	}
}

func TestGroupsAscend(t *testing.T) {
	f := newForest(7)
	f.join(6, 2)
	f.join(5, 1)
	f.join(2, 4)
	if got, want := f.groups(), [][]int{{1, 5}, {2, 4, 6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

func TestLinkIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := link(ctx, newForest(3), make([]Code, 3), 64, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
