package engines

import (
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// instruction is a line of a container file.
type instruction struct{ name, args string }

// containerFile reads build/Containerfile.
func containerFile(t *testing.T) []instruction {
	t.Helper()
	text, err := os.ReadFile("../../build/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var all []instruction
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, args, _ := strings.Cut(line, " ")
		all = append(all, instruction{name, args})
	}
	return all
}

// image is a container file that was carried out in a folder, without a container engine.
type image struct {
	root, workdir, entrypoint string
	env                       []string
}

// buildImage carries out the instructions that the file may have; context is the folder of files.
func buildImage(t *testing.T, file []instruction, context string) image {
	t.Helper()
	m := image{root: t.TempDir()}
	for i, in := range file {
		f := strings.Fields(in.args)
		switch {
		case i == 0 && in.name == "FROM" && in.args == "scratch":
		case in.name == "COPY" && len(f) == 2:
			copyProgram(t, filepath.Join(context, f[0]), filepath.Join(m.root, f[1]))
		case in.name == "WORKDIR":
			m.workdir = in.args
			if err := os.MkdirAll(filepath.Join(m.root, in.args), 0o755); err != nil {
				t.Fatal(err)
			}
		case in.name == "ENV":
			m.env = append(m.env, f...)
		case in.name == "ENTRYPOINT":
			if _, err := fmt.Sscanf(in.args, "[%q]", &m.entrypoint); err != nil {
				t.Fatalf("ENTRYPOINT %s: %v", in.args, err)
			}
		default:
			t.Fatalf("instruction %d, %s %s: this test does not know it", i+1, in.name, in.args)
		}
	}
	return m
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	src, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(dst, src); err != nil {
		t.Fatal(err)
	}
	if err := dst.Close(); err != nil {
		t.Fatal(err)
	}
}

// The image of build/Containerfile, with nothing in it but the program, computes a record: carried out in a
// folder, and run with that folder as its root.
func TestImage(t *testing.T) {
	b := newBench(t)
	f, err := elf.Open(b.bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Fatal("the program is not static: it was not built with CGO_ENABLED=0")
		}
	}
	f.Close()
	context := t.TempDir()
	if err := os.Symlink(b.bin, filepath.Join(context, "repbench")); err != nil {
		t.Fatal(err)
	}
	m := buildImage(t, containerFile(t), context)
	for _, args := range [][]string{
		{"--version"},
		{"eval", "linear", "--encoder", "random:svhn32,width=1", "--data", "shapes:train=40,test=20", "--C", "1e-3", "--record", "/tmp/records.jsonl", "--backend", "cpu"},
	} {
		c := exec.Command(m.entrypoint, args...)
		c.Env, c.Dir = m.env, m.workdir
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	if info, err := os.Stat(filepath.Join(m.root, "tmp", "records.jsonl")); err != nil || info.Size() == 0 {
		t.Errorf("no record: %v", err)
	}
}
