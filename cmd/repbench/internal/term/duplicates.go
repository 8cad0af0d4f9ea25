package term

import (
	"fmt"
	"path/filepath"
	"strings"

	"repbench/eval/duplicates"
)

// Duplicates is what a search in the folder dir found; page shows it in pictures.
func Duplicates(page, dir string, s duplicates.Summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d images, %d groups of duplicates, %d images to remove\n", page, s.Images, s.Groups, s.Removed)
	for _, m := range s.Methods {
		fmt.Fprintf(&b, "  %-40s %d groups, %d removed\n", m.Name(), m.Groups, m.Removed)
	}
	if s.AcrossClasses > 0 {
		fmt.Fprintf(&b, "  groups that hold images of several classes: %d; look at them (\"classes\" in %s) before you use the keep-lists\n",
			s.AcrossClasses, filepath.Join(dir, duplicates.GroupsFile))
	}
	for _, p := range s.Parts {
		fmt.Fprintf(&b, "  %-20s %d of %d kept\n", p.Set+"/"+p.Split, p.Kept, p.Images)
	}
	for _, v := range s.Overlaps {
		fmt.Fprintf(&b, "  %s and %s share %d and %d images, %d and %d of them exactly\n", v.A, v.B, v.NearA, v.NearB, v.ExactA, v.ExactB)
	}
	return b.String()
}

// Planted is how well the methods found planted duplicates; page shows them.
func Planted(page string, s duplicates.PlantedSummary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d near duplicates among %d images\n", page, s.Planted, s.Images)
	fmt.Fprintf(&b, "%-56s", "recall, %")
	for _, k := range s.Kinds {
		fmt.Fprintf(&b, " %10s", k)
	}
	fmt.Fprintf(&b, " %10s %10s %10s\n", "all", "precision", "others")
	for _, v := range s.Scores {
		fmt.Fprintf(&b, "%-56s", v.Name())
		for _, r := range append(v.Recall[:], v.All, v.Precision) {
			fmt.Fprintf(&b, " %10.1f", 100*r.Rate())
		}
		fmt.Fprintf(&b, " %10d\n", v.Others.Found)
	}
	return b.String()
}
