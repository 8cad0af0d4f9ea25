package ledger

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 8, 9, 10000} {
		b, right := make(Bits, n), 0
		for i := range b {
			if b[i] = rng.IntN(3) > 0; b[i] {
				right++
			}
		}
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var read Bits
		if err := json.Unmarshal(text, &read); err != nil || !slices.Equal(b, read) || read.Count() != right {
			t.Errorf("%d bits read back as %d with %d right, want %d: %v", n, len(read), read.Count(), right, err)
		}
		if n == 10000 && len(text) > 1800 {
			t.Errorf("10,000 bits take %d bytes", len(text))
		}
	}
}

func TestBitsDamaged(t *testing.T) {
	whole, err := json.Marshal(Bits{true, false, true})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no object":    `"x"`,
		"negative":     strings.Replace(string(whole), `"n":3`, `"n":-1`, 1),
		"huge":         strings.Replace(string(whole), `"n":3`, `"n":9999999999`, 1),
		"too few":      strings.Replace(string(whole), `"n":3`, `"n":300`, 1),
		"too many":     strings.Replace(string(whole), `"n":3`, `"n":0`, 1),
		"no base64":    `{"n":3,"gzip":"%%%"}`,
		"no gzip":      `{"n":3,"gzip":"AAAA"}`,
		"cut short":    strings.Replace(string(whole), `=="}`, `"}`, 1)[:len(whole)-10] + `"}`,
		"nothing else": `{}`,
	} {
		var b Bits
		if err := json.Unmarshal([]byte(text), &b); err == nil {
			t.Errorf("%s: %s is read as %v", name, text, b)
		}
	}
}

func FuzzBits(f *testing.F) {
	f.Add([]byte(`{"n":3,"gzip":"H4sIAAAAAAAC/2IFBAAA//8="}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var b Bits
		if json.Unmarshal(text, &b) == nil && b.Count() > len(b) {
			t.Error("more right than there are")
		}
	})
}
