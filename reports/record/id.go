package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// NewID is a stable name for a record: readable parts (kind, encoder or generated
// images, data set) and eight hexadecimal digits of a hash over the encoder, the data, the
// seed, the inputs and the given settings (for example the protocol and the list of C), so
// that the same work always gets the same name and other work another one. Versions,
// the backend and results do not count.
func NewID(r Record, settings ...string) (string, error) {
	key, err := json.Marshal(struct {
		Kind     string
		Encoder  Encoder
		Data     Data
		Seed     uint64
		Settings []string
		Inputs   []Input `json:",omitempty"`
	}{r.Kind(), r.Encoder, Data{Name: r.Data.Name, Hash: r.Data.Hash}, r.Seed, settings, r.Inputs})
	if err != nil {
		return "", fmt.Errorf("name record: %w", err)
	}
	sum := sha256.Sum256(key)
	spec := r.Encoder.Spec
	if in, ok := r.Input(GeneratedInput); ok {
		spec = in.Name
	}
	return fmt.Sprintf("%s-%s-%s-%s", r.Kind(), slug(spec), slug(r.Data.Name), hex.EncodeToString(sum[:4])), nil
}

// slug keeps letters and digits of ASCII, lower case, at most 40 of them, and
// makes one hyphen of everything between; nothing at all becomes "x".
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case b.Len() >= 40:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "x"
}
