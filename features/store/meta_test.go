package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/jsonfile"
	"repbench/internal/testcheck"
)

// fullKey has no field that is zero.
func fullKey() Key {
	return Key{
		Version: 1, Encoder: "onnx:a.onnx", WeightsHash: "w",
		Input: &NetInput{Height: 2, Width: 3, Channels: 1, Layout: "nchw", Color: "grey", Scale: 0.5, Mean: []float64{0}, Std: []float64{1},
			Resize: "bilinear", Output: "y", Token: new(4), Tokens: []string{"cls"}, Patches: new(5)},
		Data: "svhn", DataHash: "d",
		Layers:  []matrix.Layer{{Name: "y", Columns: [2]int{0, 6}, Height: 1, Width: 2, Channels: 3}},
		Pooling: PoolMean, Grid: 2, BatchNorm: Batch, StatsOrder: "shuffled", BatchSize: 7, DType: "float16",
	}
}

// The hash is that of the JSON below, typed by hand, without the encoder's name where there
// are weights, and without the fields that mean nothing.
func TestKeyHashByHand(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		key        Key
	}{
		{"pixels", `{"version":1,"encoder":"pixels","data":"svhn","data_hash":"d","layers":null,"dtype":"float32"}`,
			Key{Version: 1, Encoder: "pixels", Data: "svhn", DataHash: "d", DType: "float32"}},
		{"all fields", `{"version":1,"encoder":"","weights_hash":"w",` +
			`"input":{"height":2,"width":3,"channels":1,"layout":"nchw","color":"grey","scale":0.5,"mean":[0],"std":[1],"resize":"bilinear","output":"y","token":4,"tokens":["cls"],"patches":5},` +
			`"data":"svhn","data_hash":"d","layers":[{"name":"y","columns":[0,6],"height":1,"width":2,"channels":3}],` +
			`"pooling":"mean","grid":2,"batch_norm":"batch","stats_order":"shuffled","batch_size":7,"dtype":"float16"}`, fullKey()},
		{"an input without a crop", `{"version":1,"encoder":"","weights_hash":"w",` +
			`"input":{"height":2,"width":3,"channels":1,"layout":"nchw","color":"grey","scale":0.5,"mean":[0],"std":[1],"resize":"bilinear","output":"y","token":4},` +
			`"data":"svhn","data_hash":"d","layers":null,"dtype":"float16"}`,
			Key{Version: 1, WeightsHash: "w", Data: "svhn", DataHash: "d", DType: "float16", Input: &NetInput{Height: 2, Width: 3, Channels: 1, Layout: "nchw", Color: "grey",
				Scale: 0.5, Mean: []float64{0}, Std: []float64{1}, Resize: "bilinear", Output: "y", Token: new(4)}}},
		{"a crop by a preset", `{"version":1,"encoder":"","weights_hash":"w",` +
			`"input":{"height":2,"width":2,"channels":3,"layout":"nchw","color":"rgb","scale":1,"mean":[0],"std":[1],"resize":"bicubic","shorter":3,"crop":"center","rules":"transformers","antialias":"no","round":"8bit","output":"y"},` +
			`"data":"svhn","data_hash":"d","layers":null,"dtype":"float16"}`,
			Key{Version: 1, WeightsHash: "w", Data: "svhn", DataHash: "d", DType: "float16", Input: &NetInput{Height: 2, Width: 2, Channels: 3, Layout: "nchw", Color: "rgb",
				Scale: 1, Mean: []float64{0}, Std: []float64{1}, Resize: "bicubic", Preset: "clip", Shorter: 3, Crop: "center", Rules: "transformers", Antialias: "no", Round: "8bit", Output: "y"}}},
	} {
		sum := sha256.Sum256([]byte(tt.text))
		if got, want := tt.key.Hash(), hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: hash %s, want %s", tt.name, got, want)
		}
	}
}

// change sets a value to another one.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.25)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Pointer:
		if v.IsNil() {
			t.Fatalf("%s is nil in the full key", v.Type())
		}
		other := reflect.New(v.Type().Elem())
		other.Elem().Set(v.Elem())
		v.Set(other)
		if v.Elem().Kind() != reflect.Struct {
			change(t, v.Elem())
		}
	case reflect.Slice:
		other := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(other, v)
		v.Set(other)
		if v.Index(0).Kind() != reflect.Struct {
			change(t, v.Index(0))
		}
	case reflect.Array:
		change(t, v.Index(0))
	default:
		t.Fatalf("a field of type %s: this test has to learn how to change it", v.Type())
	}
}

// Any field that changes, of the key, of the input or of a layer, changes the hash, except the
// encoder's name beside the hash of its weights and the name of a preset. A field that is added later counts too.
func TestKeyHashSeesEachField(t *testing.T) {
	seen := map[string]string{fullKey().Hash(): "the key as it is"}
	try := func(name string, of func(k *Key) reflect.Value) {
		for i := range of(new(fullKey())).NumField() {
			k := fullKey()
			v := of(&k)
			field := name + v.Type().Field(i).Name
			if kind := v.Field(i).Kind(); field == "Key.Encoder" || field == "Input.Preset" || field == "Key.Input" || kind == reflect.Slice && v.Field(i).Type().Elem().Kind() == reflect.Struct {
				continue // the first two do not count, the others are changed field by field
			}
			change(t, v.Field(i))
			if other := seen[k.Hash()]; other != "" {
				t.Errorf("another %s has the hash of %s", field, other)
			}
			seen[k.Hash()] = field
		}
	}
	try("Key.", func(k *Key) reflect.Value { return reflect.ValueOf(k).Elem() })
	try("Input.", func(k *Key) reflect.Value { return reflect.ValueOf(k.Input).Elem() })
	try("Layer.", func(k *Key) reflect.Value { return reflect.ValueOf(&k.Layers[0]).Elem() })
	if len(seen) < 25 {
		t.Errorf("only %d fields were changed", len(seen))
	}
}

// The name by which an encoder was given matters only where there are no weights.
func TestKeyHashAndEncoder(t *testing.T) {
	a, b := fullKey(), fullKey()
	b.Encoder = "onnx:copy.onnx"
	if a.Hash() != b.Hash() {
		t.Error("the path of the weights enters the hash")
	}
	a.WeightsHash, b.WeightsHash = "", ""
	if a.Hash() == b.Hash() {
		t.Error("without weights the encoder does not enter the hash")
	}
	if a.Encoder != "onnx:a.onnx" {
		t.Error("Hash changes the key")
	}
}

// A description that is written and read again is the same, field by field.
func TestMetaRoundTrip(t *testing.T) {
	dir := t.TempDir()
	want := &Meta{Key: fullKey(), Origin: "o", Arch: "a", DataSource: "s", Dim: 6, Classes: []string{"ä", "<b>"},
		Splits: []SplitMeta{{Name: "train", Rows: 3, Labelled: true}, {Name: "test"}}, Backend: "cpu", Seconds: 0.1, Notes: []string{"n"}, TrainingSeed: new(uint64(1<<64 - 1))}
	want.CacheKey = want.Hash()
	must(t, jsonfile.Write(filepath.Join(dir, MetaFile), want))
	got, err := ReadMeta(dir)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
	if got.Hash() != want.CacheKey {
		t.Error("the key that was read has another hash")
	}
}

func TestReadMetaErrors(t *testing.T) {
	const again = "the file is damaged: extract again into another folder, or remove this one first"
	for _, tt := range []struct {
		name, text string
		want       []string // in the error, nil: there is none
	}{
		{"empty", "", []string{again}},
		{"cut", `{"dim":3,"splits":[`, []string{"unexpected end of JSON input", again}},
		{"a list", `[]`, []string{"cannot unmarshal array", again}},
		{"text for a number", `{"dim":"3"}`, []string{"cannot unmarshal string", "dim", again}},
		{"fraction for a number", `{"dim":2.5}`, []string{"dim", again}},
		{"number too large", `{"dim":1e30}`, []string{"dim", again}},
		{"no layers", `{"dim":3}`, nil},
		{"fields of a later program", `{"dim":3,"colour":"red"}`, nil},
		{"all columns", `{"dim":3,"layers":[{"name":"a","columns":[0,3]}]}`, nil},
		{"two layers", `{"dim":3,"layers":[{"name":"a","columns":[0,2]},{"name":"b","columns":[2,3]}]}`, nil},
		{"one column too many", `{"dim":3,"layers":[{"name":"a","columns":[0,4]}]}`, []string{"layer a has columns [0 4] of 3", "extract again into another folder"}},
		{"the second layer", `{"dim":3,"layers":[{"name":"a","columns":[0,3]},{"name":"b","columns":[3,4]}]}`, []string{"layer b has columns [3 4] of 3"}},
		{"no column", `{"dim":3,"layers":[{"name":"a","columns":[1,1]}]}`, []string{"layer a has columns [1 1] of 3"}},
		{"exchanged", `{"dim":3,"layers":[{"name":"a","columns":[2,1]}]}`, []string{"layer a has columns [2 1] of 3"}},
		{"negative", `{"dim":3,"layers":[{"name":"a","columns":[-1,1]}]}`, []string{"layer a has columns [-1 1] of 3"}},
		{"columns missing", `{"dim":3,"layers":[{"name":"a"}]}`, []string{"layer a has columns [0 0] of 3"}},
		{"negative width", `{"dim":-3,"layers":[{"name":"a","columns":[0,1]}]}`, []string{"layer a has columns [0 1] of -3"}},
		{"a split elsewhere", `{"dim":3,"splits":[{"name":"../x","rows":1}]}`, []string{`split "../x"`, "extract again into another folder"}},
		{"a split in a folder", `{"dim":3,"splits":[{"name":"a/b","rows":1}]}`, []string{`split "a/b"`}},
		{"a split without a name", `{"dim":3,"splits":[{"rows":1}]}`, []string{`split ""`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, MetaFile), []byte(tt.text), 0o644))
			if _, err := ReadMeta(dir); tt.want != nil {
				testcheck.Error(t, err, nil, append(tt.want, filepath.Join(dir, MetaFile))...)
			} else if err != nil {
				t.Error(err)
			}
			f, err := OpenFolder(dir)
			if (err != nil) != (tt.want != nil) {
				t.Errorf("OpenFolder: %v", err)
			}
			if f != nil {
				must(t, f.Close())
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		dir := t.TempDir()
		_, err := ReadMeta(dir)
		testcheck.Error(t, err, nil, dir+" holds no features: there is no meta.json")
	})
	t.Run("a folder in its place", func(t *testing.T) {
		dir := t.TempDir()
		must(t, os.Mkdir(filepath.Join(dir, MetaFile), 0o755))
		_, err := ReadMeta(dir)
		testcheck.Error(t, err, nil, "is a directory")
	})
	t.Run("beyond the limit", func(t *testing.T) {
		dir := t.TempDir()
		f, err := os.Create(filepath.Join(dir, MetaFile))
		must(t, err)
		must(t, f.Truncate(1<<30)) // a hole: no byte of it is on disk
		must(t, f.Close())
		_, err = ReadMeta(dir)
		testcheck.Error(t, err, nil, "1073741824 bytes, more than such a file can hold", again)
	})
}

// What means nothing to an encoder is not in the file.
func TestMetaLeavesOut(t *testing.T) {
	b, err := json.Marshal(Meta{})
	must(t, err)
	for _, name := range []string{"arch", "notes", "training_seed", "weights_hash", "input", "pooling", "grid", "batch_norm", "stats_order", "batch_size"} {
		if strings.Contains(string(b), `"`+name+`"`) {
			t.Errorf("%s is written without a value: %s", name, b)
		}
	}
}
