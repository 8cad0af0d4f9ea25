package suite

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"repbench/benchmarks/gate"
)

func TestParse(t *testing.T) {
	s := read(t, small+`
[[skip]]
encoder = "pixels"
protocol = "near"
[gate]
margin = 2
looks = [5, 8]
[gate.of.near]
metric = "test_accuracy"
margin = 3
tolerance = 0.5
[engine.slurm]
partition = "gpu"
parallel = 32
extra = ["--account=lab"]
[engine.kubernetes]
image = "registry/repbench:1"
`)
	want := gate.Default()
	want.Margin, want.Looks = 2, []int{5, 8}
	if s.Gate.Margin != 2 || len(s.Gate.Looks) != 2 || s.Gate.Alpha != want.Alpha || s.Gate.For("near").Margin != 3 {
		t.Errorf("the gate is %+v", s.Gate)
	}
	if s.Engine.Slurm.Partition != "gpu" || s.Engine.Slurm.Parallel != 32 || s.Engine.Kubernetes.Image != "registry/repbench:1" {
		t.Errorf("the engines are %+v", s.Engine)
	}
	if k := s.Protocols[1].Options.(*KNN); len(k.K) != 2 || k.Preset != "solo" || k.Seed != 1 {
		t.Errorf("near is %+v", k)
	}
	if e := s.Encoders[0]; e.Seeds.String() != "1..2" || e.Train.Batch != 8 || *e.Train.Beta1 != 0.5 || e.Train.Alternate != "released" {
		t.Errorf("dcgan is %+v, %+v", e, e.Train)
	}
	if !s.Encoders[1].Seeds.None {
		t.Error("pixels have seeds")
	}
}

// Every mistake is named with its line, what it is, and what would be right.
func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, old, by, want string }{
		{"key of the file", `seeds = "1..2"`, `seed = "1..2"`, `line 3: there is no key "seed"; did you mean "seeds"?`},
		{"key of a table", `spec = "pixels"`, `spek = "pixels"`, `line 10: there is no key "spek" of [encoder]; did you mean "spec"?`},
		{"key of a training", `batch = 8`, `bach = 8`, `line 7: there is no key "bach" of [encoder.train]; did you mean "batch"?`},
		{"key of another kind of protocol", `name = "linear"`, "name = \"linear\"\npreset = \"dinov2\"", `line 18: there is no key "preset" of a protocol of the kind linear`},
		{"key of the second protocol", `k = [1, 5]`, `kk = [1, 5]`, `line 21: there is no key "kk" of a protocol of the kind knn; did you mean "k"?`},
		{"key of an engine", "[[data]]", "[engine.slurm]\npartitoin = \"gpu\"\n[[data]]", `line 13: there is no key "partitoin" of [engine.slurm]; did you mean "partition"?`},
		{"key of the gate", "[[data]]", "[gate]\nmargins = 1\n[[data]]", `line 13: there is no key "margins" of [gate]; did you mean "margin"?`},
		{"kind of protocol", `kind = "knn"`, `kind = "kn"`, `line 18: protocol "near": "kn" is no kind of protocol; did you mean "knn"?`},
		{"no TOML", `name = "linear"`, `name = linear`, `line 17: `},
		{"wrong type", `width = 2`, `width = "two"`, "line 7"},
		{"seeds", `"1..2"`, `"2..1"`, `seeds "2..1": give a range`},
		{"too many seeds", `"1..2"`, `"1..999999999"`, "more than 10000 seeds"},
		{"seed twice", `"1..2"`, `[1, 1]`, "seed 1 is named twice"},
		{"no seeds", "seeds = \"1..2\"\n", "\n", `line 5: encoder "dcgan": it is random and the suite has no seeds`},
		{"seeds of what is not random", `spec = "pixels"`, "spec = \"pixels\"\nseeds = [1]", `line 8: encoder "pixels": nothing in pixels is random`},
		{"no seed for a training", `name = "dcgan"`, "name = \"dcgan\"\nseeds = \"none\"", "a training has a seed"},
		{"steps and epochs", "steps = 4", "steps = 4, epochs = 1", "give either steps or epochs"},
		{"architecture", "svhn32", "svhn33", `unknown architecture "svhn33"`},
		{"option of another architecture", "steps = 4", "steps = 4, hidden = 3", `hidden means nothing with arch "svhn32"`},
		{"name twice", `name = "pixels"`, `name = "dcgan"`, `line 8: encoder "dcgan": the name is taken by one above`},
		{"name", `name = "pixels"`, `name = "../x"`, `the name "../x"`},
		{"no name", `suite = "small"`, "", "the suite needs a name"},
		{"data set", `spec = "shapes:train=60,test=20"`, `spec = "shaped"`, "there is no set of that name"},
		{"name of no data set", "name = \"shapes\"\nspec = \"shapes:train=60,test=20\"", `name = "mine"`, "give spec for a data set with a name of its own"},
		{"skip of nothing", "[[data]]", "[[skip]]\n[[data]]", "line 12: skip: it names nothing"},
		{"skip of a wrong name", "[[data]]", "[[skip]]\nencoder = \"dcgam\"\n[[data]]", `the suite has no encoder "dcgam"; did you mean "dcgan"?`},
		{"option out of range", `k = [1, 5]`, `k = 0`, `line 18: protocol "near"`},
		{"value of an option", `k = [1, 5]`, `k = "many"`, "many is no int"},
		{"gate", "[[data]]", "[gate]\nmargin = -1\n[[data]]", "margin is -1; it must be a number above 0"},
		{"gate of no protocol", "[[data]]", "[gate.of.lin]\nmetric = \"test_accuracy\"\nmargin = 1\n[[data]]", `the suite has no protocol "lin"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(changed(t, small, tt.old, tt.by)), "my.toml")
			if err == nil || !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "my.toml: ") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// All unknown keys are named at once, in the order of their lines, each with the nearest name.
func TestParseNamesAllUnknownKeys(t *testing.T) {
	text := changed(t, small, `seeds = "1..2"`, "sedes = 3\nseeds = \"1..2\"")
	text = changed(t, text, "width = 2", "widht = 2, bach = 4")
	text = changed(t, text, "[1, 5]", "[1, 5]\nhold-oat = 0.1")
	_, err := Parse([]byte(text), "my.toml")
	want := `my.toml: line 3: there is no key "sedes"; did you mean "seeds"?
line 8: there is no key "bach" of [encoder.train]; did you mean "batch"?
line 8: there is no key "widht" of [encoder.train]; did you mean "width"?
line 23: there is no key "hold-oat" of a protocol of the kind knn; did you mean "hold-out"?`
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nwant\n%s", err, want)
	}
	var many strings.Builder
	for i := range 2 * maxUnknown {
		fmt.Fprintf(&many, "unknown%d = 1\n", i)
	}
	if _, err := Parse([]byte(many.String()), "my.toml"); err == nil || strings.Count(err.Error(), "there is no key") != maxUnknown {
		t.Errorf("of %d unknown keys are named: %v", 2*maxUnknown, err)
	}
}

// Tables in the array of one key are checked as [[encoder]] tables are.
func TestParseKeysOfArrays(t *testing.T) {
	text := changed(t, small, "[[encoder]]\nname = \"pixels\"\nspec = \"pixels\"\n", "")
	text = changed(t, text, "[[encoder]]\nname = \"dcgan\"\n", `encoder = [{ name = "pixels", spek = "pixels" }]`+"\n")
	text = changed(t, text, `train = { arch = "svhn32", width = 2, data = "shapes", steps = 4, batch = 8, samples = 4 }`+"\n", "")
	if _, err := Parse([]byte(text), "my.toml"); err == nil || !strings.Contains(err.Error(), `there is no key "spek" of [encoder]; did you mean "spec"?`) {
		t.Errorf("error %v", err)
	}
}

// A protocol that an encoder does not fit is an error that shows what to write.
func TestFits(t *testing.T) {
	for name, protocol := range map[string]string{
		"which needs images that the encoder makes": "name = \"memorization\"",
		"which needs a training of mnist-cond":      "name = \"nnc\"\nn = 10",
	} {
		s := read(t, small+"[[protocol]]\n"+protocol)
		_, err := s.expand(&facts{})
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "[[skip]]\nencoder = ") {
			t.Errorf("%s: error %v", protocol, err)
		}
	}
}

// A suite file of any size is not read.
func TestReadLimits(t *testing.T) {
	path := t.TempDir() + "/x.toml"
	if err := os.WriteFile(path, make([]byte, maxFile+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "more than a suite can have") {
		t.Errorf("error %v", err)
	}
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrFile) {
		t.Errorf("a folder: error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("suite = 'x'\n[[protocol]]\nname = 'quality'\nhalves = 3\n[gate.of.x]\nmargin = 2\n[[data]]\nname='shapes'\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text, "x")
		if err != nil {
			return
		}
		n := 0
		for _, e := range s.Encoders {
			n += len(e.Seeds.each())
		}
		if n*len(s.Data)*len(s.Protocols) > 2000 {
			return
		}
		if _, err := s.expand(&facts{}); err != nil {
			return
		}
	})
}

func TestSeeds(t *testing.T) {
	for text, want := range map[string]string{"1..20": "1..20", "5": "5", "1, 2,5..7": "1..2,5..7", "none": "none", "0..1": "0..1", "7,3": "3,7"} {
		s, err := ParseSeeds(text)
		if err != nil || s.String() != want {
			t.Errorf("%q is %s, want %s: %v", text, s, want, err)
		}
	}
	for _, bad := range []string{"", "a", "1..", "-1", "3..1", "1,,2", "1..20001", "1e3", "1,1"} {
		if s, err := ParseSeeds(bad); err == nil {
			t.Errorf("%q is %s", bad, s)
		}
	}
}
