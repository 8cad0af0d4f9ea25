package ledger

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// maxBits bounds what a line may claim to hold.
const maxBits = 1 << 28

// Bits says of each test image, in the order of the test split, whether its class was found. In JSON
// it is {"n", "gzip"}: the number of images, and their bits (the first image is the lowest bit of the
// first byte), compressed, as base64.
type Bits []bool

type bitsJSON struct {
	N    int    `json:"n"`
	Gzip string `json:"gzip"`
}

// Count is how many images are right.
func (b Bits) Count() int {
	n := 0
	for _, right := range b {
		if right {
			n++
		}
	}
	return n
}

// MarshalJSON implements json.Marshaler.
func (b Bits) MarshalJSON() ([]byte, error) {
	packed := make([]byte, (len(b)+7)/8)
	for i, right := range b {
		if right {
			packed[i/8] |= 1 << (i % 8)
		}
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(packed); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(bitsJSON{len(b), base64.StdEncoding.EncodeToString(out.Bytes())})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bits) UnmarshalJSON(text []byte) error {
	var j bitsJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return fmt.Errorf("correct bits: %w", err)
	}
	if j.N < 0 || j.N > maxBits {
		return fmt.Errorf("correct bits: n is %d, between 0 and %d is possible", j.N, maxBits)
	}
	packed, err := unpack(j.Gzip, (j.N+7)/8)
	if err != nil {
		return fmt.Errorf("correct bits of %d images: %w", j.N, err)
	}
	out := make(Bits, j.N)
	for i := range out {
		out[i] = packed[i/8]>>(i%8)&1 == 1
	}
	*b = out
	return nil
}

// unpack decodes base64 and gzip to exactly size bytes.
func unpack(text string, size int) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	packed, err := io.ReadAll(io.LimitReader(r, int64(size)+1))
	if err != nil {
		return nil, err
	}
	if len(packed) != size {
		return nil, fmt.Errorf("they hold %d bytes, want %d", len(packed), size)
	}
	return packed, nil
}
