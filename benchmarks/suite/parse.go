package suite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/BurntSushi/toml"

	"repbench/benchmarks/gate"
	"repbench/internal/errkind"
	"repbench/internal/nearest"
)

// Limits on what is read.
const (
	maxFile  = 1 << 20 // bytes of a suite file
	maxAxis  = 1000    // encoders, data sets, protocols
	maxCells = 100_000
)

// tables is a suite file as it is decoded.
type tables struct {
	Suite    string           `toml:"suite"`
	Seeds    Seeds            `toml:"seeds"`
	Encoder  []Encoder        `toml:"encoder"`
	Data     []Data           `toml:"data"`
	Protocol []toml.Primitive `toml:"protocol"`
	Skip     []Match          `toml:"skip"`
	Only     []Match          `toml:"only"`
	Gate     gate.Rule        `toml:"gate"`
	Engine   Engine           `toml:"engine"`
}

// named are the keys that all protocols have.
type named struct {
	Name string `toml:"name"`
	Kind string `toml:"kind"`
}

// Read reads a suite file.
func Read(path string) (*Suite, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if _, err := os.Stat(filepath.Join(path, suiteFile)); err == nil {
			return nil, errkind.Errorf(ErrFile, "%s is the folder of a suite; its suite file is %s", path, filepath.Join(path, suiteFile))
		}
		return nil, errkind.Errorf(ErrFile, "%s is a folder; give a suite file", path)
	}
	if info.Size() > maxFile {
		return nil, errkind.Errorf(ErrFile, "%s has %d bytes, more than a suite can have (%d)", path, info.Size(), maxFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(text, path)
}

// Parse reads the text of a suite file; name is its name in errors, which are of the kind ErrFile.
func Parse(text []byte, name string) (*Suite, error) {
	if len(text) > maxFile {
		return nil, errkind.Errorf(ErrFile, "%s has %d bytes, more than a suite can have (%d)", name, len(text), maxFile)
	}
	s, err := parse(text)
	if err != nil {
		return nil, errkind.Errorf(ErrFile, "%s: %w", name, err)
	}
	return s, nil
}

func parse(text []byte) (*Suite, error) {
	var tree map[string]any
	if err := decode(text, &tree); err != nil {
		return nil, err
	}
	at := lines{text}
	if err := at.unknown(tree); err != nil {
		return nil, err
	}
	t := tables{Gate: gate.Default()}
	meta, err := toml.Decode(string(text), &t)
	if err != nil {
		return nil, plain(err)
	}
	s := &Suite{Name: t.Suite, Encoders: t.Encoder, Data: t.Data, Skip: t.Skip, Only: t.Only, Gate: t.Gate, Engine: t.Engine, text: text}
	for i, raw := range t.Protocol {
		p, err := protocol(meta, raw)
		if err != nil {
			return nil, at.in("protocol", i, p.Name, err)
		}
		s.Protocols = append(s.Protocols, p)
	}
	if err := s.complete(t.Seeds, at); err != nil {
		return nil, err
	}
	return s, nil
}

// decode decodes a file, with an error that says where.
func decode(text []byte, into any) error {
	_, err := toml.Decode(string(text), into)
	return plain(err)
}

// plain is the error of the parser without what it says twice.
func plain(err error) error {
	var p toml.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("line %d: %s", p.Position.Line, p.Message)
	}
	return err
}

// protocol decodes a table [[protocol]].
func protocol(meta toml.MetaData, raw toml.Primitive) (Protocol, error) {
	var n named
	if err := meta.PrimitiveDecode(raw, &n); err != nil {
		return Protocol{}, plain(err)
	}
	p := Protocol{Name: n.Name, Kind: n.Kind}
	if p.Kind == "" {
		p.Kind = p.Name
	}
	k, ok := kindNamed(p.Kind)
	if !ok {
		return p, unknownKind(p)
	}
	p.Kind, p.Options = k.name, k.new()
	if err := meta.PrimitiveDecode(raw, p.Options); err != nil {
		return p, plain(err)
	}
	return p, p.Options.complete()
}

// unknownKind is the error about a protocol of no kind.
func unknownKind(p Protocol) error {
	hint := ""
	if near := nearest.Closest(p.Kind, kindNames()); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%q is no kind of protocol%s The kinds are %v; a protocol with another name says which it is: kind = \"linear\"", p.Kind, hint, kindNames())
}

// goodName is what names of a suite are made of: they are parts of file names and of tables.
var goodName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._:=,+ -]{0,79}$`)

// checkName says what is wrong with a name.
func checkName(name string) error {
	if !goodName.MatchString(name) {
		return fmt.Errorf("the name %.90q: give 1 to 80 letters, digits, or . _ - : = , + with a letter or digit first", name)
	}
	return nil
}
