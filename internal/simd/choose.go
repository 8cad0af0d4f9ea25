package simd

import (
	"fmt"
	"os"
	"strings"
)

// EnvISA is the environment variable that selects an instruction set by name.
const EnvISA = "REPBENCH_SIMD"

// active is the kernel table in use. It is set once, before main, and only read afterwards.
var active, problem = choose(os.Getenv(EnvISA), supported())

// Level returns the instruction set in use.
func Level() ISA { return active.isa }

// Problem returns nil, or the reason why the instruction set named by EnvISA is not in use.
func Problem() error { return problem }

// choose returns the wanted kernels among tables (best first), or the best ones and an error.
func choose(want string, tables []*kernels) (*kernels, error) {
	if want == "" {
		return tables[0], nil
	}
	var have []string
	for _, k := range tables {
		if k.isa.String() == strings.ToLower(want) {
			return k, nil
		}
		have = append(have, k.isa.String())
	}
	return tables[0], fmt.Errorf("simd: %s=%q is not available here: using %s (this machine has %s)",
		EnvISA, want, tables[0].isa, strings.Join(have, ", "))
}
