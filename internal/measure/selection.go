package measure

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Where settings are chosen.
const (
	// None: they were fixed beforehand.
	None = "none"
	// Valid: on the validation split, or on rows held out of the training split.
	Valid = "valid"
	// CrossValidation: on parts of the training split in turn.
	CrossValidation = "cv"
)

// Rows that settings are chosen on, where they are not the validation split.
const (
	// HeldOut are rows held out of the training split.
	HeldOut = "train"
	// ReleasedRows are those rows of the training split that the code released with the
	// DCGAN paper takes.
	ReleasedRows = "released"
)

// Selection says on what the settings behind a result were chosen.
//
// Its text form is that of the field selected_on of results ("valid (10000 rows)"), see
// String; a Measurement holds it as an object. ParseSelection reads the text form.
type Selection struct {
	// On is None, Valid or CrossValidation.
	On string `json:"on"`
	// Of is what was fixed or chosen: "C", "k", "layer and C".
	Of string `json:"of,omitempty"`
	// Rows is the number of rows chosen on, From whose they are: HeldOut, ReleasedRows,
	// or "" for the validation split.
	Rows int    `json:"rows,omitempty"`
	From string `json:"from,omitempty"`
	// Share is the share of each class that is held out of the training split, Folds the
	// number of parts of a cross-validation; Seed draws either.
	Share float64 `json:"share,omitempty"`
	Folds int     `json:"folds,omitempty"`
	Seed  uint64  `json:"seed,omitempty"`
	// Draws is the number of draws of labels that the mean was taken over.
	Draws int `json:"draws,omitempty"`
	// Text is the whole text of a selection of another form, from an older record.
	Text string `json:"text,omitempty"`
}

// Fixed reports whether there was nothing to choose, or nothing is known of it.
func (s Selection) Fixed() bool {
	switch s.On {
	case "", None, "fixed", "given":
		return true
	}
	return false
}

// Detail is the text form without its first word: "(10000 rows)"; "" where there is none.
func (s Selection) Detail() string {
	_, detail, _ := strings.Cut(s.String(), " ")
	return detail
}

// String is the text form, for example
//
//	none (fixed C)
//	none (fixed C; 0.1 of each class of train set aside, seed 1)
//	valid (10000 rows)
//	valid (0.1 of each class of train, seed 1; mean of 10 draws)
//	valid (450 rows held out of train)
//	cv (5 folds of train, seed 1), layer and C
func (s Selection) String() string {
	if s.Text != "" {
		return s.Text
	}
	var parts []string
	if s.On == None && s.Of != "" {
		parts = append(parts, "fixed "+s.Of)
	}
	if rows := s.rows(); rows != "" {
		parts = append(parts, rows)
	}
	if s.Draws > 0 {
		parts = append(parts, fmt.Sprintf("mean of %d draws", s.Draws))
	}
	text := s.On
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, "; ") + ")"
	}
	if s.On != None && strings.Contains(s.Of, " and ") {
		text += ", " + s.Of
	}
	return text
}

// rows says which rows were chosen on, or set aside for others to choose on.
func (s Selection) rows() string {
	switch {
	case s.Folds > 0:
		return fmt.Sprintf("%d folds of train, seed %d", s.Folds, s.Seed)
	case s.Share > 0 && s.On == None:
		return fmt.Sprintf("%g of each class of train set aside, seed %d", s.Share, s.Seed)
	case s.Share > 0:
		return fmt.Sprintf("%g of each class of train, seed %d", s.Share, s.Seed)
	case s.Rows > 0 && s.From == ReleasedRows:
		return fmt.Sprintf("the %d rows of train that the released code takes", s.Rows)
	case s.Rows > 0 && s.From == HeldOut:
		return fmt.Sprintf("%d rows held out of train", s.Rows)
	case s.Rows > 0:
		return fmt.Sprintf("%d rows", s.Rows)
	}
	return ""
}

// ParseSelection reads the text form. A text of another form, from an older record, is
// kept as it is, with its first word, in lower case, as On.
func ParseSelection(text string) Selection {
	on, rest, _ := strings.Cut(text, " ")
	s := Selection{On: strings.ToLower(on)}
	inner, of, named := strings.Cut(rest, "), ")
	if named {
		s.Of = of
	}
	inner = strings.TrimSuffix(strings.TrimPrefix(inner, "("), ")")
	for part := range strings.SplitSeq(inner, "; ") {
		s.parse(part)
	}
	if s.String() != text {
		return Selection{On: s.On, Text: text}
	}
	return s
}

// parse reads one part of what stands in brackets. What it leaves out the text form
// lacks, so that ParseSelection notices.
func (s *Selection) parse(part string) {
	if of, ok := strings.CutPrefix(part, "fixed "); ok {
		s.Of = of
		return
	}
	var share float64
	var n int
	var seed uint64
	switch {
	case scan(part, "mean of %d draws", &n):
		s.Draws = n
	case scan(part, "%d folds of train, seed %d", &n, &seed):
		s.Folds, s.Seed = n, seed
	case scan(part, "%g of each class of train set aside, seed %d", &share, &seed),
		scan(part, "%g of each class of train, seed %d", &share, &seed):
		s.Share, s.Seed = share, seed
	case scan(part, "the %d rows of train that the released code takes", &n):
		s.Rows, s.From = n, ReleasedRows
	case scan(part, "%d rows held out of train", &n):
		s.Rows, s.From = n, HeldOut
	case scan(part, "%d rows", &n):
		s.Rows = n
	}
}

// scan reads the whole text by a format.
func scan(text, format string, into ...any) bool {
	n, err := fmt.Sscanf(text, format, into...)
	return err == nil && n == len(into)
}

// MarshalText implements encoding.TextMarshaler.
func (s Selection) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Selection) UnmarshalText(text []byte) error {
	*s = ParseSelection(string(text))
	return nil
}

// object is a Selection that JSON has as an object and not as its text.
type object Selection

// MarshalJSON writes SelectedOn as an object.
func (m Measurement) MarshalJSON() ([]byte, error) {
	type plain Measurement
	return json.Marshal(struct {
		plain
		SelectedOn *object `json:"selected_on,omitempty"`
		ReportedOn string  `json:"reported_on,omitempty"`
	}{plain(m), (*object)(m.SelectedOn), m.ReportedOn})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (m *Measurement) UnmarshalJSON(b []byte) error {
	type plain Measurement
	var v struct {
		plain
		SelectedOn *object `json:"selected_on"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*m = Measurement(v.plain)
	m.SelectedOn = (*Selection)(v.SelectedOn)
	return nil
}
