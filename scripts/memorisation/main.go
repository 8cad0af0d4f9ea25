// Command memorisation serves scripts/bench_memorisation.sh:
//
//	go run ./scripts/memorisation rows OUT.npy IN.npy:FROM:TO[:SEED]…
//	go run ./scripts/memorisation table DIR
//
// rows writes the rows FROM to TO-1 of NumPy files of bytes, one file after the other; with a
// SEED, of the rows in the order that the seed draws. table prints the bars of memorisation beside
// what the JSON documents in the folder say, as a Markdown table.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "memorisation:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "rows":
		return rows(args[1], args[2:])
	case len(args) == 2 && args[0] == "table":
		return table(os.Stdout, args[1])
	}
	return fmt.Errorf("give rows OUT.npy IN.npy:FROM:TO[:SEED]…, or table DIR")
}
