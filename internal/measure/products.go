package measure

import (
	"fmt"
	"strings"
)

// Products says what made the products of a fit with the matrix of features. Its text
// form is that of the field products of results, see String; the zero value: not known.
type Products struct {
	// Device is the backend that made them; "": the CPU.
	Device string
	// Blocks is the number of blocks in which the matrix was sent to the device at every
	// pass; 0: it was sent once.
	Blocks int
	// Bytes says that the CPU took the matrix from bytes.
	Bytes bool
	// CPU says that they were made on the CPU.
	CPU bool
	// Text is the whole text of another form, from another version.
	Text string
}

// String is the text form: "simd", "simd, bytes", "device xla:cuda, matrix sent once",
// "device cpu, matrix sent in 3 blocks at every pass"; "" where nothing is known.
func (p Products) String() string {
	switch {
	case p.Text != "":
		return p.Text
	case p.CPU && p.Bytes:
		return "simd, bytes"
	case p.CPU:
		return "simd"
	case p.Device == "":
		return ""
	case p.Blocks > 0:
		return fmt.Sprintf("device %s, matrix sent in %d blocks at every pass", p.Device, p.Blocks)
	}
	return fmt.Sprintf("device %s, matrix sent once", p.Device)
}

// OnDevice reports whether a device, and not the CPU, made them.
func (p Products) OnDevice() bool { return p.Device != "" }

// ParseProducts reads the text form. A text of another form is kept as it is.
func ParseProducts(text string) Products {
	p := Products{CPU: strings.HasPrefix(text, "simd"), Bytes: text == "simd, bytes"}
	if rest, ok := strings.CutPrefix(text, "device "); ok {
		var how string
		p.Device, how, _ = strings.Cut(rest, ", matrix sent ")
		scan(how, "in %d blocks at every pass", &p.Blocks)
	}
	if p.String() != text {
		return Products{Device: p.Device, Text: text}
	}
	return p
}

// MarshalText implements encoding.TextMarshaler.
func (p Products) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Products) UnmarshalText(text []byte) error {
	*p = ParseProducts(string(text))
	return nil
}
