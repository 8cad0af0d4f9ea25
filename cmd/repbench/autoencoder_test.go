package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestAutoencoder(t *testing.T) {
	dir := t.TempDir()
	run, features := filepath.Join(dir, "run"), filepath.Join(dir, "features")
	args := []string{"train", "autoencoder", "--data", "shapes:size=16,train=60,test=20", "--out", run, "--batch", "16", "--seed", "5"}
	first := document(t, append(args, "--steps", "3")...)
	if first["steps"] != 3.0 || first["resumed_at"] != 0.0 || first["images"] != 48.0 {
		t.Errorf("3 steps of 16 images are reported as %v", first)
	}
	if second := document(t, append(args, "--steps", "5")...); second["steps"] != 5.0 || second["resumed_at"] != 3.0 {
		t.Errorf("going on to step 5 is reported as %v", second)
	}
	meta := document(t, "extract", "--encoder", "autoencoder:"+run, "--data", "shapes:size=16,train=60,test=20", "--out", features)
	layers, _ := meta["layers"].([]any)
	if meta["dim"] != 128.0 || len(layers) != 1 || meta["weights_hash"] == nil || meta["batch_norm"] != nil {
		t.Errorf("the features are described as %v", meta)
	}
	if text := must(t, "eval", "linear", "--features", features); !strings.Contains(text, "128 features, 60 training and 20 test images") {
		t.Errorf("eval linear says\n%s", text)
	}
}

func TestAutoencoderUsage(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"no folder", "train autoencoder --data shapes", "--out is required"},
		{"batch of none", "train autoencoder --data shapes --out x --batch 0", "--batch must be positive"},
		{"all dropped", "train autoencoder --data shapes:train=200 --out /dev/null/x --dropout 1", "dropout 1"},
		{"an argument", "train autoencoder x --data shapes --out x", "no arguments"},
		{"layers", "extract --encoder autoencoder:x --data shapes --out x --layers code", "no layers"},
		{"no run", "extract --encoder autoencoder: --data shapes --out x", "unknown encoder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := cli(t, strings.Fields(tt.args)...)
			if status != 2 || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, standard error %q; want status 2 and %q", status, stderr, tt.want)
			}
		})
	}
}
