package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"repbench/internal/errkind"
)

// Limits of the engine's commands.
const (
	programTime   = 2 * time.Minute // a Slurm client waits one minute for a server that does not answer
	programOutput = 256 << 20       // bytes
	programSaid   = 600             // bytes of what it said on standard error that are shown
)

// program is one of the user's own commands, such as sbatch.
type program struct {
	name string
	// where says what to do when there is no such command.
	where string
	// advice is the next step when it fails.
	advice string
}

// output runs the program with that standard input and returns what it printed.
func (p program) output(ctx context.Context, stdin string, args ...string) (string, error) {
	path, err := exec.LookPath(p.name)
	if err != nil {
		return "", errkind.Errorf(ErrEngine, "there is no %s on the PATH: %s", p.name, p.where)
	}
	ctx, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...)
	c.WaitDelay = time.Second
	c.Stdin = strings.NewReader(stdin)
	out, said := &limited{max: programOutput}, &limited{max: 64 << 10}
	c.Stdout, c.Stderr = out, said
	err = c.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", errkind.Errorf(ErrEngine, "%s did not answer within %s: %s", p.line(args), programTime, p.advice)
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", errkind.Errorf(ErrEngine, "%s: %w%s: %s", p.line(args), err, quoted(said.String()+out.String()), p.advice)
	case out.over:
		return "", errkind.Errorf(ErrEngine, "%s printed more than %d MiB: %s", p.line(args), programOutput>>20, p.advice)
	}
	return out.String(), nil
}

// line is the command line for messages.
func (p program) line(args []string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %.120s", p.name, strings.Join(args, " ")))
}

// quoted is the end of what a program said, after ": ", on one line.
func quoted(said string) string {
	said = strings.Join(strings.FieldsFunc(said, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	if said = strings.TrimSpace(said); said == "" {
		return ""
	}
	if len(said) > programSaid {
		said = "…" + strings.ToValidUTF8(said[len(said)-programSaid:], "")
	}
	return " (" + said + ")"
}

// limited keeps what is written up to max bytes.
type limited struct {
	kept bytes.Buffer
	max  int
	over bool
}

// Write keeps what has room and takes the rest without keeping it.
func (l *limited) Write(b []byte) (int, error) {
	if room := l.max - l.kept.Len(); len(b) > room {
		l.over = true
		l.kept.Write(b[:room])
		return len(b), nil
	}
	return l.kept.Write(b)
}

func (l *limited) String() string { return l.kept.String() }
