package explore

import (
	"strconv"
	"strings"
)

// Command says how commands name the model that is explored.
type Command struct {
	// Spec is the run folder or encoder as the user wrote it.
	Spec string
	// Z is the file of the samples' z; "": they are drawn.
	Z string
	// Seed is the seed of the samples.
	Seed uint64
	// Flags are further flags that the user gave, such as --backend and its value.
	Flags []string
}

// Defaults of the commands that need not be written.
const (
	commandSeed  = 1
	commandSheet = 64
)

// line is the command line of a figure. most is the largest number of a sample that it names; the
// figure's own arguments stand last.
func (c Command) line(name string, most int, args ...string) string {
	words := []string{"repbench", "vis", name, c.Spec}
	if c.Z != "" {
		words = append(words, "--z", c.Z)
	} else if most >= commandSheet {
		words = append(words, "--n", strconv.Itoa(most+1))
	}
	return c.join(words, args)
}

// join adds the seed, the flags and the arguments, and quotes what a shell would change.
func (c Command) join(words, args []string) string {
	if c.Seed != commandSeed {
		words = append(words, "--seed", strconv.FormatUint(c.Seed, 10))
	}
	words = append(append(words, c.Flags...), args...)
	for i, w := range words {
		words[i] = quoted(w)
	}
	return strings.Join(words, " ")
}

// plain are the characters that no shell changes.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=+@%"

// quoted is a word as a POSIX shell reads it.
func quoted(word string) string {
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
