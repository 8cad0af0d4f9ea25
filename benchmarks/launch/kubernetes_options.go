package launch

import (
	"fmt"
	"math"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"repbench/benchmarks/suite"
	"repbench/internal/errkind"
)

// kubernetesOptions is the table [engine.kubernetes] of a suite.
type kubernetesOptions suite.Kubernetes

var (
	dnsName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$`)
	quantity = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`)
)

// check returns what is wrong with the options for a suite's folder, as an error of kind ErrOptions.
func (o kubernetesOptions) check(w Work) error {
	bad := func(key string, value any, want string) error {
		return errkind.Errorf(ErrOptions, "[engine.kubernetes] %s = %q: want %s", key, fmt.Sprint(value), want)
	}
	switch mount := o.mount(w); {
	case o.Image == "" || strings.ContainsAny(o.Image, " \t\r\n"):
		return bad("image", o.Image, `a container image with the program, such as "registry.example/repbench:1.2"; build/Containerfile makes one`)
	case o.Program != "" && !path.IsAbs(o.Program):
		return bad("program", o.Program, `the program's path in the image, such as "/repbench"`)
	case o.Namespace != "" && !dnsName.MatchString(o.Namespace):
		return bad("namespace", o.Namespace, "the name of a namespace")
	case !dnsName.MatchString(o.Claim):
		return bad("claim", o.Claim, "the name of a PersistentVolumeClaim with access mode ReadWriteMany, which holds the suite's folder")
	case o.Queue != "" && !dnsName.MatchString(o.Queue):
		return bad("queue", o.Queue, "the name of a LocalQueue of Kueue")
	case o.CPU != "" && !quantity.MatchString(o.CPU):
		return bad("cpu", o.CPU, `a quantity, such as "8" or "500m"`)
	case o.Memory != "" && !quantity.MatchString(o.Memory):
		return bad("memory", o.Memory, `a quantity, such as "16Gi"`)
	case o.Gpus < 0:
		return bad("gpus", o.Gpus, "no negative number")
	case o.Parallel < 0:
		return bad("parallel", o.Parallel, "no negative number")
	case !filepath.IsAbs(mount) || mount == "/" || !strings.HasPrefix(w.Out, mount+"/"):
		return bad("mount", mount, fmt.Sprintf("the folder that the claim's root is seen as here and in pods; the suite's folder %s lies below it", w.Out))
	}
	return nil
}

// mount is the folder that pods see the claim as.
func (o kubernetesOptions) mount(w Work) string {
	if o.Mount != "" {
		return filepath.Clean(o.Mount)
	}
	return filepath.Dir(w.Out)
}

// program is the program's path in the image.
func (o kubernetesOptions) program() string {
	if o.Program != "" {
		return o.Program
	}
	return "/repbench"
}

// threads is the number of threads for the CPU quantity; 0 where there is none.
func (o kubernetesOptions) threads() int {
	m := quantity.FindStringSubmatch(o.CPU)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if m[2] == "m" {
		n /= 1000
	}
	if err != nil || (m[2] != "" && m[2] != "m") || n > 1024 {
		return 0
	}
	return int(math.Ceil(n))
}
