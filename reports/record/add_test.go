package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func named(id string, value float64) Record { return Record{ID: id, Result: &distance{value, 1}} }

func ids(t *testing.T, path string) []string {
	t.Helper()
	rs, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rs {
		d, err := Decode[distance](r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s=%g", r.ID, d.Value))
	}
	return out
}

// A record takes the place of the one with its name, in whatever order they come.
func TestAddReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", FileName)
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, rs := range [][]Record{{named("b", 1), named("a", 2)}, {named("c", 3), named("b", 4)}, {named("a", 5), named("a", 6)}} {
		if err := Add(path, rs...); err != nil {
			t.Fatal(err)
		}
	}
	if got := ids(t, path); !slices.Equal(got, []string{"a=6", "b=4", "c=3"}) {
		t.Errorf("the file holds %v", got)
	}
}

// A record that is refused, or a file that cannot be read, leaves the file as it was.
func TestAddKeepsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := Add(path, named("a", 1)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for want, r := range map[string]Record{
		`needs an "id"`:     named(" ", 1),
		"has 513 bytes":     named(strings.Repeat("x", 513), 1),
		"has no result":     {ID: "b"},
		"distance is NaN":   named("b", math.NaN()),
		"has 33 stages":     {ID: "b", Result: &distance{}, Costs: slices.Repeat([]Cost{{Stage: "fit"}}, MaxCosts+1)},
		`needs a "stage"`:   {ID: "b", Result: &distance{}, Costs: []Cost{{Stage: " "}}},
		"seconds is +Inf":   {ID: "b", Result: &distance{}, Costs: []Cost{{Stage: "fit", Seconds: math.Inf(1)}}},
		"inputs[1] needs":   {ID: "b", Result: &distance{}, Inputs: []Input{{Role: "train"}, {Role: "train", Rows: -1}}},
		"inputs has 65":     {ID: "b", Result: &distance{}, Inputs: slices.Repeat([]Input{{Role: "train"}}, maxInputs+1)},
		"peak_rss_bytes is": {ID: "b", Result: &distance{}, Costs: []Cost{{Stage: "fit", PeakRSSBytes: -1}}},
	} {
		if err := Add(path, named("c", 2), r); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "add records: ") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	torn := append(bytes.Clone(before), `{"kind":"x","id":`...)
	if err := os.WriteFile(path, torn, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Add(path, named("c", 2)); err == nil || !strings.Contains(err.Error(), "delete that line and give the same command again") || !strings.Contains(err.Error(), ":2: ") {
		t.Errorf("a torn line: error %v", err)
	}
	other := filepath.Join(t.TempDir(), "boxes.json")
	for _, text := range []string{`[{"image": 0}]`, `[{"image": 0`, "7", "title"} {
		if err := os.WriteFile(other, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Add(other, named("c", 2)); !errors.Is(err, ErrOther) || strings.Contains(err.Error(), "delete") {
			t.Errorf("%s: error %v", text, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, torn) {
		t.Errorf("the file was changed (%v):\n%s", err, after)
	}
}

// Records stand in the order of kind and name, whatever order they had.
func TestEncodeOrder(t *testing.T) {
	raw := func(kind, id string) Record {
		var r Record
		if err := json.Unmarshal(fmt.Appendf(nil, `{"kind":%q,"id":%q,%q:{}}`, kind, id, kind), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	all := []Record{raw("b", "4"), raw("a", "2"), raw("b", "0"), raw("a", "1")}
	want, err := Encode(all)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	got, err := Encode(all)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v; in the other order\n%s, want\n%s", err, got, want)
	}
	back, err := Parse(bytes.NewReader(want), "f")
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, r := range back {
		order = append(order, r.Kind()+r.ID)
	}
	if !slices.Equal(order, []string{"a1", "a2", "b0", "b4"}) {
		t.Errorf("the order is %v", order)
	}
	if _, err := Encode([]Record{{ID: "x"}}); err == nil || !strings.Contains(err.Error(), `"x" cannot be written`) {
		t.Errorf("a record without a result: error %v", err)
	}
}

// Lines are counted with blank ones, an ID twice names both lines, and a caller's check can refuse.
func TestParseErrors(t *testing.T) {
	const a, b = `{"kind":"x","id":"a","x":{}}`, `{"kind":"x","id":"b","x":{},"later":1}`
	for _, tt := range []struct{ name, in, want string }{
		{"twice", a + "\n\n" + b + "\n" + a + "\n", `f:4: the id "a" was on line 1 already`},
		{"no JSON", a + "\nnot\n", "f:2: invalid character"},
		{"two values", a + b + "\n", "f:1: more than one JSON value"},
		{"a list", "[]\n", "f:1: json: cannot unmarshal array"},
		{"another type of field", `{"kind":"x","id":5,"x":{}}` + "\n", "f:1: json"},
	} {
		if rs, err := Parse(strings.NewReader(tt.in), "f"); err == nil || rs != nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, error %v, want %q", tt.name, rs, err, tt.want)
		}
	}
	if rs, err := Parse(strings.NewReader("\n"+a+"\n"+b), "f"); err != nil || len(rs) != 2 {
		t.Errorf("a last line without an end: %d records, %v", len(rs), err)
	}
	refuse := func(r *Record) error {
		if r.ID == "b" {
			return fmt.Errorf("refused")
		}
		return nil
	}
	if _, err := Parse(strings.NewReader(a+"\n"+b+"\n"), "f", refuse); err == nil || err.Error() != "f:2: refused" {
		t.Errorf("error %v of the check", err)
	}
}

// Bytes that are no UTF-8 inside details become the replacement character, as in all JSON.
func TestDetailsOfOtherBytes(t *testing.T) {
	rs, err := Parse(strings.NewReader("{\"kind\":\"x\",\"id\":\"a\",\"x\":{\"s\":\"\xff\"}}\n"), "f")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := Encode(rs); err != nil || !strings.Contains(string(b), "\ufffd") {
		t.Errorf("%s, %v", b, err)
	}
}
