package launch

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"repbench/benchmarks/suite"
	"repbench/internal/errkind"
)

// ourSlurm are the options of sbatch that the program sets itself.
var ourSlurm = regexp.MustCompile(`^(--(array|job-name|requeue|no-requeue|open-mode|signal|output|error|parsable|wrap|test-only|wait|ntasks|dependency|begin)(=|\s|$)|-[aJoeWnd])`)

var slurmMemory = regexp.MustCompile(`^([1-9][0-9]{0,8})([KMGT]?)$`)

// slurmBytes is an amount of memory of Slurm in bytes; 0 where there is none. Without a unit it is in M.
func slurmBytes(memory string) int64 {
	m := slurmMemory.FindStringSubmatch(memory)
	if m == nil {
		return 0
	}
	shift := map[string]int{"K": 10, "": 20, "M": 20, "G": 30, "T": 40}[m[2]]
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n > math.MaxInt64>>shift {
		return 0
	}
	return n << shift
}

// checkSlurm returns what is wrong with the table [engine.slurm], as an error of kind ErrOptions.
func checkSlurm(o suite.Slurm) error {
	bad := func(key string, value any, want string) error {
		return errkind.Errorf(ErrOptions, "[engine.slurm] %s = %q: want %s", key, fmt.Sprint(value), want)
	}
	if strings.ContainsAny(o.Partition, " \t\r\n\"'") {
		return bad("partition", o.Partition, "the name of a partition (sinfo lists them)")
	}
	if _, err := slurmSeconds(o.Time); err != nil && o.Time != "" {
		return bad("time", o.Time, `minutes, "hours:minutes:seconds" or "days-hours:minutes:seconds"`)
	}
	if o.Memory != "" && !slurmMemory.MatchString(o.Memory) {
		return bad("memory", o.Memory, `a number with K, M, G or T, such as "16G"`)
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"cpus", o.Cpus}, {"gpus", o.Gpus}, {"parallel", o.Parallel}} {
		if n.value < 0 {
			return bad(n.key, n.value, "no negative number")
		}
	}
	for _, e := range o.Extra {
		if !strings.HasPrefix(e, "-") || strings.ContainsAny(e, "\r\n") {
			return bad("extra", e, `one option of sbatch in each text, such as "--account=lab"`)
		}
		if ourSlurm.MatchString(e) {
			return bad("extra", e, "an option that the program does not set itself: remove it")
		}
	}
	return nil
}

// slurmSeconds reads a time limit of Slurm: minutes, minutes:seconds, hours:minutes:seconds,
// days-hours, days-hours:minutes, days-hours:minutes:seconds.
func slurmSeconds(text string) (int, error) {
	days, rest, withDays := strings.Cut(text, "-")
	if !withDays {
		days, rest = "0", text
	}
	parts := strings.Split(rest, ":")
	units := [][]int{{60}, {60, 1}, {3600, 60, 1}}
	if withDays {
		units = [][]int{{3600}, {3600, 60}, {3600, 60, 1}}
	}
	if len(parts) > len(units) {
		return 0, fmt.Errorf("%q is no time", text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	total := int(n) * 86400
	for i, p := range parts {
		n, perr := strconv.ParseUint(p, 10, 24)
		if err == nil {
			err = perr
		}
		total += int(n) * units[len(parts)-1][i]
	}
	if err != nil || total == 0 {
		return 0, fmt.Errorf("%q is no time", text)
	}
	return total, nil
}
