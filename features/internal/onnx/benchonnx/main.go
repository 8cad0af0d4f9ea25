// Command benchonnx measures networks in ONNX files on the CPU backend, beside ONNX Runtime:
//
//	benchonnx -nets FOLDER -ort FOLDER [-only NAME,NAME] [-batch 16,1] [-rounds 3]
//	benchonnx -file NETWORK.onnx [-size 224] [-batch 16] [-runs 5]
//	          [-cpuprofile FILE] [-compileprofile FILE]
//
// The first form takes the networks of a folder (../shared/peers/export_networks.py writes it). Each
// round runs ours and the peer once, each in a process of its own; medians of the rounds become a
// table in Markdown. The folder of -ort has the package onnxruntime-node and a copy of
// ../shared/peers/onnx_ort.mjs; without -ort only ours is measured. The second form measures one
// network in this process and prints a line of JSON.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// options are the settings of the command.
type options struct {
	nets, ort, only, file   string
	profile, compileProfile string
	size, rounds, runs      int
	batches                 []int
}

func main() {
	o, err := parse(os.Args[1:])
	if err == nil && o.file != "" {
		err = printOne(o)
	} else if err == nil {
		err = compare(o, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchonnx:", err)
		os.Exit(1)
	}
}

// parse reads the flags.
func parse(args []string) (options, error) {
	var o options
	var batch string
	f := flag.NewFlagSet("benchonnx", flag.ExitOnError)
	f.StringVar(&o.nets, "nets", "", "the folder of the networks, NAME.onnx")
	f.StringVar(&o.ort, "ort", "", "the folder with onnxruntime-node and onnx_ort.mjs")
	f.StringVar(&o.only, "only", "", "measure these networks alone, separated by commas")
	f.StringVar(&o.file, "file", "", "measure this network in this process")
	f.StringVar(&o.profile, "cpuprofile", "", "with -file: write a CPU profile of the runs there")
	f.StringVar(&o.compileProfile, "compileprofile", "", "with -file: write a CPU profile of reading and compiling there")
	f.IntVar(&o.size, "size", 0, "side of the images; 0: the file's, else 224 or 299 for inception")
	f.StringVar(&batch, "batch", "16,1", "images in a run, separated by commas")
	f.IntVar(&o.rounds, "rounds", 3, "rounds of ours and the peer")
	f.IntVar(&o.runs, "runs", 0, "runs whose median counts; 0: 5, and 20 for one image")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	for _, b := range strings.Split(batch, ",") {
		n, err := strconv.Atoi(b)
		if err != nil || n < 1 {
			return o, fmt.Errorf("-batch %s: want positive numbers separated by commas", batch)
		}
		o.batches = append(o.batches, n)
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("argument %q is not known", f.Arg(0))
	case o.file == "" && o.nets == "":
		return o, errors.New("give -nets FOLDER, which ../shared/peers/export_networks.py FOLDER writes, or -file NETWORK.onnx")
	case o.rounds < 1 || o.runs < 0:
		return o, errors.New("-rounds must be at least 1, -runs at least 0")
	}
	return o, nil
}

// repeats is the number of runs for a batch.
func (o options) repeats(batch int) int {
	switch {
	case o.runs > 0:
		return o.runs
	case batch == 1:
		return 20
	}
	return 5
}

// printOne measures the file of the options once for each batch.
func printOne(o options) error {
	for _, b := range o.batches {
		r, err := measure(o, b)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	}
	return nil
}
