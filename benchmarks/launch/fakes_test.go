package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakes is a folder of programs that stand for an engine's commands. Each adds its command line to
// calls, keeps its standard input in NAME.in, prints NAME.out and NAME.err, and exits with NAME.rc.
type fakes struct {
	t   *testing.T
	dir string
}

// newFakes makes the programs and leaves no other program on the PATH but cat.
func newFakes(t *testing.T, names ...string) *fakes {
	t.Helper()
	f := &fakes{t, t.TempDir()}
	for _, n := range names {
		f.write(n, "#!/bin/sh\ncd "+f.dir+` && printf '%s\n' "`+n+` $*" >>calls
[ ! -e `+n+`.wantin ] || cat >`+n+`.in
[ ! -e `+n+`.out ] || cat `+n+`.out
[ ! -e `+n+`.err ] || cat `+n+`.err >&2
[ ! -e `+n+`.rc ] || exit "$(cat `+n+`.rc)"
`)
		if err := os.Chmod(filepath.Join(f.dir, n), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", f.dir+":/usr/bin-without-engines:/bin-of-tests:"+shellPath(t))
	return f
}

// shellPath is a folder that has cat alone.
func shellPath(t *testing.T) string {
	t.Helper()
	for _, cat := range []string{"/usr/bin/cat", "/bin/cat"} {
		if _, err := os.Stat(cat); err == nil {
			dir := t.TempDir()
			if err := os.Symlink(cat, filepath.Join(dir, "cat")); err != nil {
				t.Fatal(err)
			}
			return dir
		}
	}
	t.Skip("no cat")
	return ""
}

func (f *fakes) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o666); err != nil {
		f.t.Fatal(err)
	}
}

// says sets what a program prints.
func (f *fakes) says(name, out string) { f.write(name+".out", out) }

// fails sets what a program says before it exits with 1.
func (f *fakes) fails(name, said string) {
	f.write(name+".err", said)
	f.write(name+".rc", "1")
}

// read returns a file, "" if there is none.
func (f *fakes) read(name string) string {
	data, _ := os.ReadFile(filepath.Join(f.dir, name))
	return string(data)
}

// calls returns the command lines since the last time.
func (f *fakes) calls() []string {
	text := strings.TrimSpace(f.read("calls"))
	os.Remove(filepath.Join(f.dir, "calls"))
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
