package launch

import (
	"slices"
	"testing"
)

func TestFormatList(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []int
		want string
	}{
		{"none", nil, ""},
		{"one", []int{4}, "4"},
		{"run", []int{0, 1, 2}, "0-2"},
		{"pair", []int{7, 8}, "7-8"},
		{"mixed, unsorted, twice", []int{9, 0, 1, 2, 5, 9, 4}, "0-2,4-5,9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := FormatList(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseList(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []int
	}{
		{"", nil}, {"0", []int{0}}, {"2-4,9", []int{2, 3, 4, 9}}, {"0-8:4", []int{0, 4, 8}},
	} {
		got, err := ParseList(tt.in)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
	for _, bad := range []string{"a", "-1", "3-", "4-2", "1,,2", "0-8:0", "+1", "0-2147483647", "99999999999"} {
		if got, err := ParseList(bad); err == nil {
			t.Errorf("%q: got %v and no error", bad, got)
		}
	}
}

func FuzzParseList(f *testing.F) {
	f.Add("0-5,9")
	f.Add("0-8:2")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseList(text)
		if err != nil {
			return
		}
		again, err := ParseList(FormatList(list))
		want := slices.Compact(slices.Sorted(slices.Values(list)))
		if err != nil || !slices.Equal(again, want) {
			t.Errorf("%q: %v became %v, error %v", text, want, again, err)
		}
	})
}

// Array indices stay below the size although the plan's do not.
func TestWindows(t *testing.T) {
	got := windows([]int{0, 1, 3, 4, 9, 8, 3}, 4)
	want := []struct {
		offset int
		list   string
		cells  []int
	}{{0, "0-1,3", []int{0, 1, 3}}, {4, "0", []int{4}}, {8, "0-1", []int{8, 9}}}
	if len(got) != len(want) {
		t.Fatalf("%d windows, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i].offset != w.offset || got[i].list() != w.list || !slices.Equal(got[i].cells, w.cells) {
			t.Errorf("window %d: %+v, want %+v", i, got[i], w)
		}
	}
}
