package launch

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"repbench/benchmarks/suite"
	"repbench/internal/golden"
)

var testTime = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func testSlurm(t *testing.T, o suite.Slurm) Slurm {
	t.Helper()
	return Slurm{
		Work:    Work{Suite: "gate", Out: t.TempDir(), Program: "/opt/repbench", Flags: []string{"--threads", "8"}},
		Options: o, Now: func() time.Time { return testTime },
	}
}

func config(f *fakes, size, accounting string) {
	f.says("scontrol", "Configuration data as of 2026\nAccountingStorageType   = "+accounting+"\nMaxArraySize            = "+size+"\n")
}

// A plan that is larger than the cluster's arrays becomes several, each with indices that Slurm takes;
// with a limit of cells at once they wait for one another.
func TestSlurmSubmit(t *testing.T) {
	f := newFakes(t, "sbatch", "scontrol")
	config(f, "4", "accounting_storage/none")
	f.says("sbatch", "17;main\n")
	s := testSlurm(t, suite.Slurm{Parallel: 2})
	subs, err := s.Submit(t.Context(), []int{0, 1, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	name := s.Work.name()
	want := []Submission{
		{Engine: "slurm", Name: name + "-0", Job: "17", Indices: "0-1,3", Submitted: testTime},
		{Engine: "slurm", Name: name + "-4", Job: "17", Indices: "4-5", Submitted: testTime},
	}
	if !slices.Equal(subs, want) {
		t.Errorf("submitted %+v, want %+v", subs, want)
	}
	noted, err := Submissions(s.Work.Out)
	if err != nil || !slices.Equal(noted, want) {
		t.Errorf("noted %+v, %v", noted, err)
	}
	jobs := filepath.Join(s.Work.Out, "jobs")
	wantCalls := []string{"scontrol show config", "sbatch --parsable " + jobs + "/" + name + "-0.sh",
		"sbatch --parsable --dependency=afterany:17 " + jobs + "/" + name + "-4.sh"}
	if got := f.calls(); !slices.Equal(got, wantCalls) {
		t.Errorf("calls %q, want %q", got, wantCalls)
	}
	for file, lines := range map[string][]string{
		name + "-0.sh": {"#SBATCH --array=0-1,3%2\n", `exec /opt/repbench bench cell --threads 8 ` + s.Work.Out + ` "$SLURM_ARRAY_TASK_ID"` + "\n"},
		name + "-4.sh": {"#SBATCH --array=0-1%2\n", s.Work.Out + ` "$((SLURM_ARRAY_TASK_ID + 4))"` + "\n"},
	} {
		script, err := os.ReadFile(filepath.Join(jobs, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if !strings.Contains(string(script), l) {
				t.Errorf("no line %q in %s:\n%s", l, file, script)
			}
		}
	}
}

// The second array is refused: the first is noted, and the error says so.
func TestSlurmSubmitHalf(t *testing.T) {
	f := newFakes(t, "sbatch", "scontrol")
	config(f, "4", "(null)")
	f.write("sbatch", "#!/bin/sh\ncase $2 in *-0.sh) echo 5;; *) echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1;; esac\n")
	s := testSlurm(t, suite.Slurm{})
	subs, err := s.Submit(t.Context(), []int{0, 5})
	if len(subs) != 1 || subs[0].Job != "5" || !errors.Is(err, ErrEngine) {
		t.Fatalf("%+v, %v", subs, err)
	}
	for _, want := range []string{"QOSMaxSubmitJobPerUserLimit", "the cells before 5 were submitted"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %q", want, err)
		}
	}
	if noted, err := Submissions(s.Work.Out); err != nil || len(noted) != 1 {
		t.Errorf("noted %+v, %v", noted, err)
	}
}

// Commands that are missing, fail, or answer something else are errors with the next step.
func TestSlurmErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		there []string
		set   func(*fakes)
		want  []string
	}{
		{"no Slurm", nil, func(*fakes) {}, []string{"no scontrol on the PATH", "login node", "bench export"}},
		{"no controller", []string{"scontrol", "sbatch"}, func(f *fakes) { f.fails("scontrol", "slurm_load_ctl_conf error: Unable to contact slurm controller\n") },
			[]string{"scontrol show config", "Unable to contact slurm controller", "scontrol ping"}},
		{"refused", []string{"scontrol", "sbatch"}, func(f *fakes) { f.fails("sbatch", "sbatch: error: invalid partition specified: gpu\n") },
			[]string{"invalid partition specified: gpu", "[engine.slurm]"}},
		{"no id", []string{"scontrol", "sbatch"}, func(f *fakes) { f.says("sbatch", "Submitted batch job 5\n") },
			[]string{`"Submitted batch job 5\n"`, "squeue"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakes(t, tt.there...)
			if len(tt.there) > 0 {
				config(f, "1001", "(null)")
			}
			tt.set(f)
			s := testSlurm(t, suite.Slurm{})
			_, err := s.Submit(t.Context(), []int{0})
			if !errors.Is(err, ErrEngine) {
				t.Fatalf("error %v", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("no %q in %q", w, err)
				}
			}
			if noted, err := Submissions(s.Work.Out); err != nil || len(noted) != 0 {
				t.Errorf("noted %+v, %v", noted, err)
			}
		})
	}
}

// One squeue asks for all jobs of the folder by their names. A job that was never noted is found too.
func TestSlurmStates(t *testing.T) {
	f := newFakes(t, "squeue", "scontrol", "sacct")
	config(f, "4", "accounting_storage/none")
	s := testSlurm(t, suite.Slurm{})
	n := s.Work.name()
	all := []Submission{{Engine: "slurm", Name: n + "-4", Job: "12", Indices: "4-7"}, {Engine: "slurm", Name: n + "-0", Job: "9", Indices: "0-3"}}
	f.says("squeue", strings.Join([]string{
		"9|0|COMPLETED|None|" + n + "-0",
		"9|1|NODE_FAIL|None|" + n + "-0",
		"9|2|PENDING|BeginTime|" + n + "-0",
		"12|0|PENDING|JobArrayTaskLimit|" + n + "-4",
		"12|1|RUNNING|None|" + n + "-4",
		"13|1|RUNNING|None|" + n + "-0",     // cell 1 again, not noted
		"14|2|CANCELLED|None|" + n + "-0",   // cell 2 again: the older one that waits counts
		"15|N/A|PENDING|Priority|" + n + "", // no array
	}, "\n")+"\n")
	states, err := s.States(t.Context(), all, []int{1, 2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]State{
		0: {Phase: Ended, Job: "9_0", Detail: "COMPLETED"},
		1: {Phase: Running, Job: "13_1", Detail: "RUNNING"},
		2: {Phase: Pending, Job: "9_2", Detail: "PENDING (BeginTime)"},
		4: {Phase: Pending, Job: "12_0", Detail: "PENDING (JobArrayTaskLimit)"},
		5: {Phase: Running, Job: "12_1", Detail: "RUNNING"},
	}
	if !maps.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	wantCalls := []string{"squeue -h -r -t all --name=" + n + "-0," + n + "-4 -o " + squeueFormat, "scontrol show config"}
	if got := f.calls(); !slices.Equal(got, wantCalls) {
		t.Errorf("calls %q, want %q", got, wantCalls)
	}
}

// Accounting is asked only for jobs with open cells that the queue has forgotten.
func TestSlurmAccounting(t *testing.T) {
	f := newFakes(t, "squeue", "scontrol", "sacct")
	config(f, "1001", "accounting_storage/slurmdbd")
	s := testSlurm(t, suite.Slurm{})
	n := s.Work.name()
	all := []Submission{{Name: n + "-0", Job: "7", Indices: "0-1"}, {Name: n + "-0", Job: "9", Indices: "2-6"}}
	f.says("squeue", "9|2|RUNNING|None|"+n+"-0\n")
	f.says("sacct", "9_3|OUT_OF_MEMORY\n9_4|CANCELLED by 1000\n9_[5-6%2]|PENDING\n")
	states, err := s.States(t.Context(), all, []int{2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]State{
		2: {Phase: Running, Job: "9_2", Detail: "RUNNING"}, 3: {Phase: Ended, Job: "9_3", Detail: "OUT_OF_MEMORY"}, 4: {Phase: Ended, Job: "9_4", Detail: "CANCELLED by 1000"},
		5: {Phase: Pending, Job: "9_5", Detail: "PENDING"}, 6: {Phase: Pending, Job: "9_6", Detail: "PENDING"},
	}
	if !maps.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	if got := f.calls(); len(got) != 3 || got[2] != "sacct -X -n -P -j 9 -o JobID,State" {
		t.Errorf("calls %q", got)
	}
	if _, err := s.States(t.Context(), all, []int{2}); err != nil {
		t.Fatal(err)
	}
	if got := f.calls(); len(got) != 1 {
		t.Errorf("calls %q although the queue has all open cells", got)
	}
	f.fails("sacct", "sacct: error: slurm_persist_conn_open_without_init: failed to open\n")
	if _, err := s.States(t.Context(), all, []int{3}); !errors.Is(err, ErrEngine) || !strings.Contains(err.Error(), "sacctmgr ping") {
		t.Errorf("error %v", err)
	}
}

func TestSlurmCancel(t *testing.T) {
	f := newFakes(t, "squeue", "scancel")
	s := testSlurm(t, suite.Slurm{})
	n := s.Work.name()
	f.says("squeue", "9|0|COMPLETED|None|"+n+"-0\n10|1|RUNNING|None|"+n+"-0\n10|2|PENDING|None|"+n+"-0\n")
	ids, err := s.Cancel(t.Context(), nil)
	if err != nil || !slices.Equal(ids, []string{"10"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if got := f.calls(); len(got) != 2 || got[1] != "scancel 10" {
		t.Errorf("calls %q", got)
	}
	f.says("squeue", "")
	if ids, err := s.Cancel(t.Context(), nil); err != nil || len(ids) > 0 || len(f.calls()) != 1 {
		t.Errorf("nothing queued: %v, %v", ids, err)
	}
}

// A task puts itself back only while Slurm still has it as running: one that its user cancelled is
// COMPLETING, and a requeue would bring it back.
func TestRequeue(t *testing.T) {
	env := func(vars map[string]string) func(string) string { return func(n string) string { return vars[n] } }
	task := map[string]string{"SLURM_ARRAY_JOB_ID": "8", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_ID": "1"}
	often := maps.Clone(task)
	often["SLURM_RESTART_COUNT"] = "100"
	for _, tt := range []struct {
		name  string
		env   map[string]string
		state string
		calls []string
		want  string
	}{
		{"no Slurm", nil, "", nil, ""},
		{"no array", map[string]string{"SLURM_JOB_ID": "1"}, "", nil, ""},
		{"running", task, "RUNNING", []string{"scontrol -o show job 8_3", "scontrol requeue 8_3"}, "put back"},
		{"cancelled", task, "COMPLETING", []string{"scontrol -o show job 8_3"}, "ended by Slurm or its user"},
		{"too often", often, "RUNNING", nil, "give its cells more time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakes(t, "scontrol")
			f.says("scontrol", "JobId=1 ArrayJobId=8 ArrayTaskId=3 JobName=x JobState="+tt.state+" Reason=None\n")
			done, err := Requeue(t.Context(), env(tt.env))
			if err != nil || !strings.Contains(done, tt.want) || (tt.want == "") != (done == "") {
				t.Errorf("%q, %v", done, err)
			}
			if got := f.calls(); !slices.Equal(got, tt.calls) {
				t.Errorf("calls %q, want %q", got, tt.calls)
			}
		})
	}
	f := newFakes(t, "scontrol")
	f.fails("scontrol", "Job violates accounting/QOS policy")
	if _, err := Requeue(t.Context(), env(task)); !errors.Is(err, ErrEngine) || !strings.Contains(err.Error(), `"bench run" submits it again`) {
		t.Errorf("error %v", err)
	}
}

func TestSlurmScript(t *testing.T) {
	w := Work{Suite: "CIFAR 10/table", Out: "/data/50% of it/out", Program: "/opt/rep bench", Flags: []string{"--cache", "/c"}}
	for name, o := range map[string]suite.Slurm{
		"slurm-least.sh": {},
		"slurm-full.sh": {Partition: "gpu", Time: "02:00:00", Cpus: 8, Memory: "16G", Gpus: 1, Parallel: 32,
			Setup: []string{"module load cuda"}, Extra: []string{"--account=lab", "-C a100"}},
	} {
		golden.Compare(t, filepath.Join("testdata", name), slurmScript(w, o, window{1000, []int{1000, 1001, 1005}}))
	}
}

func TestSlurmOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    suite.Slurm
		want string // in the error; "": none
	}{
		{"none", suite.Slurm{}, ""},
		{"all", suite.Slurm{Partition: "gpu,cpu", Time: "1-12", Cpus: 2, Memory: "500", Parallel: 1, Extra: []string{"-A lab", "--qos=x"}}, ""},
		{"partition", suite.Slurm{Partition: "a b"}, "sinfo"},
		{"time", suite.Slurm{Time: "two hours"}, "[engine.slurm] time"},
		{"time of nothing", suite.Slurm{Time: "0:00"}, "[engine.slurm] time"},
		{"memory", suite.Slurm{Memory: "16 GB"}, `such as "16G"`},
		{"cpus", suite.Slurm{Cpus: -1}, "cpus"},
		{"array", suite.Slurm{Extra: []string{"--array=1-5"}}, "the program does not set"},
		{"short array", suite.Slurm{Extra: []string{"-a1-5"}}, "the program does not set"},
		{"no option", suite.Slurm{Extra: []string{"lab"}}, "one option of sbatch"},
		{"lines", suite.Slurm{Extra: []string{"--qos=a\nrm"}}, "one option of sbatch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := checkSlurm(tt.o)
			if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || !errors.Is(err, ErrOptions)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSlurmSeconds(t *testing.T) {
	for text, want := range map[string]int{"90": 5400, "1:30": 90, "02:00:00": 7200, "1-12": 129600, "1-0:30": 88200, "2-01:00:05": 176405} {
		if got, err := slurmSeconds(text); err != nil || got != want {
			t.Errorf("%s: %d s, %v, want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "x", "1:2:3:4", "-5", "1-", "0"} {
		if got, err := slurmSeconds(bad); err == nil {
			t.Errorf("%q: %d s", bad, got)
		}
	}
}

func TestSlurmBytes(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "x": 0, "500": 500 << 20, "3K": 3 << 10, "16G": 16 << 30, "2T": 2 << 40, "999999999T": 0} {
		if got := slurmBytes(text); got != want {
			t.Errorf("%q: %d bytes, want %d", text, got, want)
		}
	}
}

// What a program does not finish in time, or when the user stops, is ended.
func TestProgramCancelled(t *testing.T) {
	f := newFakes(t, "squeue")
	f.write("squeue", "#!/bin/sh\nwhile :; do :; done\n")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, nil)
	defer cancel()
	if _, err := slurmProgram("squeue", "x").output(ctx, ""); err == nil {
		t.Error("no error")
	}
}

func TestProgramOutputIsBounded(t *testing.T) {
	l := &limited{max: 5}
	for range 3 {
		if n, err := l.Write([]byte("abc")); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if l.String() != "abcab" || !l.over {
		t.Errorf("%q, over %v", l.String(), l.over)
	}
}

func FuzzSlurmAnswers(f *testing.F) {
	f.Add("9|0|COMPLETED|None|repbench-x-0\n")
	f.Add("9_[5-6%2]|PENDING\n")
	f.Add("MaxArraySize = 5\n")
	f.Fuzz(func(_ *testing.T, text string) {
		tasks, _ := parseSqueue(text)
		more, _ := parseSacct(text)
		merge(map[int]State{}, append(tasks, more...))
		parseSlurmConfig(text)
		parseJobID(text)
	})
}
