package figures

import (
	"fmt"
	"slices"
	"testing"
)

// someCounts is a K×K matrix with rows of 100 images, most of them right.
func someCounts(k int) ([][]int, []string) {
	m, names := make([][]int, k), make([]string, k)
	for i := range m {
		m[i] = make([]int, k)
		m[i][i] = 70
		m[i][(i+1)%k] += 25
		m[i][(i+3)%k] += 5
		names[i] = fmt.Sprintf("class number %d", i)
	}
	return m, names
}

func TestConfusion(t *testing.T) {
	for _, k := range []int{1, 2, 9, 10, countedClasses, countedClasses + 1, NumberedClasses, NumberedClasses + 1, NamedClasses, NamedClasses + 1, 200, 1000} {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			counts, names := someCounts(k)
			f := Confusion(counts, names)
			checkTexts(t, f)
			m := &boxes{a: 1, d: 1}
			f.Draw(m)
			if picture := m.images == 1; picture != (k > NamedClasses) {
				t.Errorf("drawn as a picture: %v", picture)
			}
		})
	}
}

func TestConfusionSaysCounts(t *testing.T) {
	f := Confusion([][]int{{982, 18}, {0, 0}}, []string{"yes", "no"})
	var got []string
	for _, b := range texts(f) {
		got = append(got, b.text)
	}
	// 982 of 1000 are 98 %; the class without images has no share.
	for _, want := range []string{"yes", "no", "98 %", "982", "2 %", "18", "1000", "0"} {
		if !slices.Contains(got, want) {
			t.Errorf("the matrix does not say %q: %q", want, got)
		}
	}
}

// Rows and columns have the names of the classes, also where a name is wider than it is high.
func TestConfusionNamesColumns(t *testing.T) {
	for _, names := range [][]string{{"yes", "no"}, {"c0", "c1", "c2", "c3", "c4", "c5", "c6"}, {"deer", "dog", "airplane"}} {
		counts, _ := someCounts(len(names))
		seen := map[string]int{}
		for _, b := range texts(Confusion(counts, names)) {
			seen[b.text]++
		}
		for _, name := range names {
			if seen[name] != 2 {
				t.Errorf("the name %q of %q is written %d times, want it at its row and its column", name, names, seen[name])
			}
		}
	}
}

func TestCellImage(t *testing.T) {
	counts, _ := someCounts(50)
	counts[4] = make([]int, 50) // a class without test images
	img := cellImage(counts)
	side := 800 / 50
	at := func(i, j int) (r, b uint8, drawn bool) {
		c := img.NRGBAAt(j*side+side/2, i*side+side/2)
		return c.R, c.B, c.A > 0
	}
	if r, b, drawn := at(7, 7); !drawn || b <= r {
		t.Error("the diagonal is not blue")
	}
	if r, b, drawn := at(7, 8); !drawn || r <= b {
		t.Error("a mistake is not orange")
	}
	if _, _, drawn := at(7, 20); drawn {
		t.Error("a cell without images is drawn")
	}
}

// A matrix of ten classes leaves room on the page for the tables about it, with
// cells in which "100 %" fits.
func TestConfusionIsModerate(t *testing.T) {
	const textHeight = 724 // points of an A4 page between its margins
	for _, k := range []int{2, 5, 10, countedClasses, countedClasses + 1, NamedClasses, NamedClasses + 1, 1000} {
		counts, names := someCounts(k)
		f := Confusion(counts, names)
		if limit := 0.65 * textHeight; f.H.Points() > limit {
			t.Errorf("%d classes are %v points high, more than %v", k, f.H, limit)
		}
		if k == 10 && f.H.Points() > 0.55*textHeight {
			t.Errorf("ten classes are %v points high, more than %v", f.H, 0.55*textHeight)
		}
		if k > countedClasses {
			continue
		}
		m := newMatrix(counts, names)
		if w := bold(label(m.shareSize(), Ink)).Width("100 %"); w > m.cell-2 {
			t.Errorf("%d classes: a share of %v points does not fit a cell of %v", k, w, m.cell)
		}
	}
}
