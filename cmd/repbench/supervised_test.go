package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repbench/eval/supervised"
	"repbench/reports"
)

func TestSupervised(t *testing.T) {
	out := filepath.Join(t.TempDir(), "search")
	args := []string{"eval", "supervised", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=60,test=20",
		"--out", out, "--trials", "2", "--steps", "3", "--batch", "16"}
	r := document(t, args...)
	if r["n_fit"] != 50.0 || r["n_valid"] != 10.0 || r["n_final"] != 60.0 || r["n_test"] != 20.0 {
		t.Errorf("60 and 20 images, one of six of each class held out, are reported as %v", r)
	}
	if r["reported_on"] != "test" || !strings.Contains(r["selected_on"].(string), "held out of train") {
		t.Errorf("selected on %v, reported on %v", r["selected_on"], r["reported_on"])
	}
	records, err := reports.Load([]string{filepath.Join(out, "records.jsonl")})
	if err != nil || len(records.Records) != 1 {
		t.Fatalf("%d records: %v", len(records.Records), err)
	}
	rec := records.Records[0]
	result := rec.Result.(*supervised.Summary)
	if rec.Kind() != "supervised" || rec.ID != r["id"] || rec.Encoder.Spec != "supervised:svhn32,width=2" ||
		result.TestAccuracy != r["test_accuracy"] || result.SelectedOn.String() != "valid (10 rows held out of train)" || len(rec.Costs) != 2 {
		t.Errorf("the record is %+v, its result %+v", rec, result)
	}
	if text := must(t, args...); !strings.Contains(text, "svhn32 with labels on shapes: test") {
		t.Errorf("the text is\n%s", text)
	}
	if records, err = reports.Load([]string{filepath.Join(out, "records.jsonl")}); err != nil || len(records.Records) != 1 {
		t.Errorf("asked again, there are %d records (%v)", len(records.Records), err)
	}
	few := document(t, append(args[:len(args):len(args)], "--labels-per-class", "3", "--out", out+"-few", "--record", out+"-few.jsonl")...)
	if few["labels_per_class"] != 3.0 || few["n_fit"] != few["n_final"] || few["record"] != out+"-few.jsonl" {
		t.Errorf("with few labels: %v", few)
	}
}

func TestSupervisedUsage(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"no data", "eval supervised --arch svhn32", "--data is required"},
		{"another protocol", "eval supervised --arch svhn32 --data shapes --protocol cifar10-400", "a supervised search has the protocol svhn-1000"},
		{"hold-out beside the protocol", "eval supervised --arch svhn32 --data shapes --protocol svhn-1000 --hold-out 0.2", "--hold-out means nothing with --protocol"},
		{"other labels", "eval supervised --arch svhn32 --data shapes --protocol svhn-1000 --labels-per-class 5", "5 labels per class; svhn-1000 has 100"},
		{"small set", "eval supervised --arch svhn32 --data shapes:train=60,test=10 --protocol svhn-1000", "a training split of 60 images"},
		{"unknown architecture", "eval supervised --arch vgg --data shapes", "unknown architecture"},
		{"no trials", "eval supervised --arch svhn32 --data shapes --trials 0", "--trials must be positive"},
		{"all held out", "eval supervised --arch svhn32 --data shapes:train=60,test=10 --hold-out 1", "--hold-out 1 is no share"},
		{"too many labels", "eval supervised --arch svhn32 --data shapes:train=60,test=10 --labels-per-class 40", "fewer than 40 labels"},
		{"batch above the set", "eval supervised --arch svhn32 --data shapes:train=60,test=10", "fewer than one batch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := cli(t, strings.Fields(tt.args)...)
			if status != 2 || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, standard error %q; want status 2 and %q", status, stderr, tt.want)
			}
		})
	}
}

// A search that is stopped by Ctrl-C exits with 75, and the same command goes on from the trial
// it had come to and ends with the result of one that was left alone.
func TestSupervisedInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("trains several networks")
	}
	dir := t.TempDir()
	args := func(name string) []string {
		return []string{"eval", "supervised", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=100,test=20", "--trials", "6", "--steps", "60",
			"--batch", "16", "--out", filepath.Join(dir, name)}
	}
	whole := document(t, args("whole")...)
	c := process(args("stopped")...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	trials := filepath.Join(dir, "stopped", "trials.json")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(trials); err == nil {
			break
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != statusInterrupted {
		t.Fatalf("exit status %d (%v), want %d", c.ProcessState.ExitCode(), err, statusInterrupted)
	}
	before, err := os.ReadFile(trials)
	if err != nil {
		t.Fatal(err)
	}
	again := document(t, args("stopped")...)
	tried := again["tried"].([]any)
	for i, w := range whole["tried"].([]any) {
		for _, key := range []string{"valid_accuracy", "loss", "learning_rate"} {
			if got, want := tried[i].(map[string]any)[key], w.(map[string]any)[key]; got != want {
				t.Errorf("trial %d: %s %v after an interruption, %v without", i, key, got, want)
			}
		}
	}
	if again["test_accuracy"] != whole["test_accuracy"] || len(tried) != 6 || strings.Count(string(before), "learning_rate") == 6 {
		t.Errorf("test accuracy %v after an interruption, %v without; %d trials, before %s", again["test_accuracy"], whole["test_accuracy"], len(tried), before)
	}
}
