// Package nearfiles searches the nearest neighbours between two NumPy files and writes them as NumPy
// files:
//
//	r, err := nearfiles.Run(ctx, "near", nearfiles.Options{Queries: "q.npy", Base: "b.npy", Metric: "mirror", K: 5})
//
// The folder holds indices.npy and distances.npy, for images offsets.npy and mirrored.npy too, and
// meta.json. While a search is under way they are in the folder "partial-search" inside it, with the number
// of queries done; a search that is stopped goes on there.
package nearfiles
