package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// row is one line of the table: medians over the rounds.
type row struct {
	name                string
	batch               int
	ours, peer, compile float64 // images/s, seconds
	memory, peerMemory  float64 // MiB
	err                 error
}

// compare measures all networks, prints rows as they come, and sums up.
func compare(o options, w io.Writer) error {
	files, err := o.files()
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "| network | batch | images/s | ONNX Runtime | ratio | compile s | peak MiB | its peak MiB |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	var rows []row
	for _, file := range files {
		for _, batch := range o.batches {
			r := o.row(file, batch)
			rows = append(rows, r)
			fmt.Fprintln(w, r)
		}
	}
	return summary(o, rows, w)
}

// files are the networks to measure.
func (o options) files() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(o.nets, "*.onnx"))
	if o.only != "" {
		files = nil
		for _, name := range strings.Split(o.only, ",") {
			files = append(files, filepath.Join(o.nets, name+".onnx"))
		}
	}
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s holds no NAME.onnx; ../shared/peers/export_networks.py writes the networks into a folder", o.nets)
	}
	return files, err
}

// row alternates ours and the peer.
func (o options) row(file string, batch int) row {
	r := row{name: strings.TrimSuffix(filepath.Base(file), ".onnx"), batch: batch}
	self, err := os.Executable()
	if err != nil {
		r.err = err
		return r
	}
	runs, size := strconv.Itoa(o.repeats(batch)), strconv.Itoa(side(options{file: file, size: o.size}))
	var ours, peer []result
	for range o.rounds {
		a, err := child("", self, "-file", file, "-size", size, "-batch", strconv.Itoa(batch), "-runs", runs)
		if err != nil {
			r.err = err
			return r
		}
		ours = append(ours, a)
		if o.ort == "" {
			continue
		}
		full, err := filepath.Abs(file)
		if err != nil {
			r.err = err
			return r
		}
		b, err := child(o.ort, "node", "onnx_ort.mjs", full, size, strconv.Itoa(batch), runs)
		if err != nil {
			r.err = err
			return r
		}
		peer = append(peer, b)
	}
	speed := func(r result) float64 { return r.ImagesPerSecond }
	memory := func(r result) float64 { return r.PeakRSSMiB }
	r.ours, r.memory = median(ours, speed), median(ours, memory)
	r.compile = median(ours, func(r result) float64 { return r.CompileSeconds })
	r.peer, r.peerMemory = median(peer, speed), median(peer, memory)
	return r
}

// child runs a program in a folder and reads the line of JSON that it ends with.
func child(dir, name string, args ...string) (result, error) {
	var r result
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		text := strings.TrimSpace(errs.String())
		return r, fmt.Errorf("%s: %w: %s", filepath.Base(name), err, text[max(0, len(text)-300):])
	}
	return r, json.Unmarshal(out, &r)
}

// median of one figure of the results; 0 of none.
func median(of []result, figure func(result) float64) float64 {
	if len(of) == 0 {
		return 0
	}
	var v []float64
	for _, r := range of {
		v = append(v, figure(r))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// String is the row in Markdown.
func (r row) String() string {
	if r.err != nil {
		return fmt.Sprintf("| %s | %d | failed: %s | | | | | |", r.name, r.batch, strings.ReplaceAll(r.err.Error(), "\n", " "))
	}
	if r.peer == 0 {
		return fmt.Sprintf("| %s | %d | %.1f | | | %.2f | %.0f | |", r.name, r.batch, r.ours, r.compile, r.memory)
	}
	return fmt.Sprintf("| %s | %d | %.1f | %.1f | %.2f | %.2f | %.0f | %.0f |",
		r.name, r.batch, r.ours, r.peer, r.ours/r.peer, r.compile, r.memory, r.peerMemory)
}

// summary prints the geometric mean of the ratios for each batch; it is an error if a network failed.
func summary(o options, rows []row, w io.Writer) error {
	var errs []error
	for _, batch := range o.batches {
		logs, n, atLeast1, atLeast08 := 0.0, 0, 0, 0
		for _, r := range rows {
			if r.batch != batch {
				continue
			}
			if r.err != nil {
				errs = append(errs, fmt.Errorf("%s, batch %d: %w", r.name, r.batch, r.err))
			}
			if r.err != nil || r.peer == 0 {
				continue
			}
			ratio := r.ours / r.peer
			logs, n = logs+math.Log(ratio), n+1
			if ratio >= 1 {
				atLeast1++
			}
			if ratio >= 0.8 {
				atLeast08++
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "| geometric mean of %d, batch %d | | | | %.2f | | | |\n", n, batch, math.Exp(logs/float64(n)))
			fmt.Fprintf(w, "| networks with a ratio of at least 1.0 and 0.8, batch %d | | | | %d, %d | | | |\n", batch, atLeast1, atLeast08)
		}
	}
	return errors.Join(errs...)
}
