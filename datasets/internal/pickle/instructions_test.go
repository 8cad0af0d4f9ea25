package pickle

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// Instructions with the values that Python's pickle.loads gives for them.
func TestInstructions(t *testing.T) {
	tests := []struct {
		name, in string
		want     any
	}{
		{"INT", "I-17\n.", int64(-17)},
		{"INT, false", "I00\n.", false},
		{"INT, true", "I01\n.", true},
		{"LONG", "L-9223372036854775808L\n.", int64(-1 << 63)},
		{"BININT", "J\xfe\xff\xff\xff.", int64(-2)},
		{"BININT1 has no sign", "K\xff.", int64(255)},
		{"BININT2 has no sign", "M\xff\xff.", int64(65535)},
		{"LONG1 of no bytes", "\x8a\x00.", int64(0)},
		{"LONG1 of one byte", "\x8a\x01\xff.", int64(-1)},
		{"LONG1 of two bytes", "\x8a\x02\xff\x00.", int64(255)},
		{"LONG1 of eight bytes", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.", int64(-1 << 63)},
		{"NONE", "N.", nil},
		{"NEWTRUE", "\x80\x02\x88.", true},
		{"NEWFALSE", "\x80\x02\x89.", false},
		{"STRING", `S'a\n\t\r\\\'\x41"'` + "\n.", []byte("a\n\t\r\\'A\"")},
		{"STRING in double quotes", `S"it's"` + "\n.", []byte("it's")},
		{"SHORT_BINSTRING", "U\x03a\x00b.", []byte("a\x00b")},
		{"BINSTRING", "T\x02\x00\x00\x00ab.", []byte("ab")},
		{"BINBYTES", "B\x01\x00\x00\x00\xff.", []byte{0xff}},
		{"BYTEARRAY8", "\x96\x02\x00\x00\x00\x00\x00\x00\x00ab.", []byte("ab")},
		{"UNICODE", "Va\\u00e9\\U0001f600\xe9\\x.", nil}, // no end of the line: an error, see below
		{"SHORT_BINUNICODE", "\x8c\x02\xc3\xa9.", "é"},
		{"BINUNICODE", "X\x01\x00\x00\x00a.", "a"},
		{"BINUNICODE8", "\x8d\x01\x00\x00\x00\x00\x00\x00\x00a.", "a"},
		{"EMPTY_TUPLE", ").", Tuple{}},
		{"TUPLE3 keeps the order", "K\x01K\x02K\x03\x87.", Tuple{int64(1), int64(2), int64(3)}},
		{"TUPLE to the mark", "(K\x01K\x02t.", Tuple{int64(1), int64(2)}},
		{"TUPLE in a TUPLE", "((K\x01tK\x02t.", Tuple{Tuple{int64(1)}, int64(2)}},
		{"LIST", "(K\x01K\x02l.", &List{[]any{int64(1), int64(2)}}},
		{"APPEND", "]K\x01aK\x02a.", &List{[]any{int64(1), int64(2)}}},
		{"APPENDS of nothing", "](e.", &List{}},
		{"DICT", "(U\x01aK\x01d.", &Dict{map[string]any{"a": int64(1)}}},
		{"SETITEM, keys of bytes and of text", "}U\x01aK\x01s\x8c\x01bK\x02s.", &Dict{map[string]any{"a": int64(1), "b": int64(2)}}},
		{"PUT and GET", "(K\x05p7\nK\x06g7\nt.", Tuple{int64(5), int64(6), int64(5)}},
		{"BINPUT and BINGET", "(K\x05q\x07h\x07t.", Tuple{int64(5), int64(5)}},
		{"LONG_BINPUT and LONG_BINGET", "(K\x05r\x00\x01\x00\x00j\x00\x01\x00\x00t.", Tuple{int64(5), int64(5)}},
		{"MEMOIZE numbers from 0", "(K\x05\x94K\x06\x94h\x00h\x01t.", Tuple{int64(5), int64(6), int64(5), int64(6)}},
		{"FRAME is skipped", "\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x01.", int64(1)},
		{"bytes after the end", "K\x01.K\x02.", int64(1)},
		{"encode", "c_codecs\nencode\n(X\x03\x00\x00\x00a\xc3\xbfX\x06\x00\x00\x00latin1tR.", []byte("a\xff")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "UNICODE" {
				tt.in, tt.want = strings.Replace(tt.in, ".", "\n.", 1), "aé😀é\\x"
			}
			if got, err := Read([]byte(tt.in)); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%#v, %v; want %#v", got, err, tt.want)
			}
		})
	}
}

// Two references to one list are one list, as in Python.
func TestMemoShares(t *testing.T) {
	v, err := Read([]byte("(]q\x00h\x00K\x07at."))
	if err != nil {
		t.Fatal(err)
	}
	pair := v.(Tuple)
	if pair[0] != pair[1] || len(pair[0].(*List).Items) != 1 {
		t.Errorf("%v", pair)
	}
}

// Each instruction that is cut off, or whose operands are of another kind, is an error that
// says where.
func TestInstructionErrors(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"integer of 64 bits and one", "L9223372036854775808L\n.", "in place of an integer"},
		{"half of a number", "J\x01\x02.", "unexpected EOF"},
		{"length of eight bytes", "\x8e\xff\xff\xff\xff\xff\xff\xff\xffa.", "unexpected EOF"},
		{"line without an end", "I1", "unexpected EOF"},
		{"string of one quote", "S'\n.", "quotation marks"},
		{"quotes that differ", "S'a\"\n.", "quotation marks"},
		{"backslash at the end", `S'\'` + "\n.", `ends in \`},
		{"half of an escape", `S'\x4'` + "\n.", "the escape"},
		{"no hexadecimal digits", `S'\xzz'` + "\n.", "the escape"},
		{"short escape of a text", `V\u12` + "\n.", "the escape"},
		{"letters in the escape of a text", `V\u12g4` + "\n.", "the escape"},
		{"beyond Unicode", `V\U00110000` + "\n.", "the escape"},
		{"negative place", "K\x01p-1\n.", "the value number -1"},
		{"far place", "K\x01p4294967296\n.", "the value number 4294967296"},
		{"put of nothing", "p0\n.", "a value is missing"},
		{"tuple of too few", "K\x01\x86.", "a value is missing"},
		{"tuple across the mark", "K\x01(K\x02\x86.", "a value is missing"},
		{"append to nothing", "K\x01a.", "a value is missing"},
		{"set in a list", "]U\x01aK\x01s.", "are added to a list"},
		{"number as a key", "}K\x01K\x02s.", "a key that is an integer"},
		{"name of a number", "K\x01\x8c\x01a\x93.", "a name that is not a text"},
		{"characters beyond bytes", "c_codecs\nencode\n(X\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1tR.", `the character '€' in bytes`},
		{"another encoding", "c_codecs\nencode\n(X\x01\x00\x00\x00aX\x05\x00\x00\x00utf-8tR.", "in another way than latin1"},
		{"open mark at the end", "(K\x01.", "it ends with"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := Read([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "at byte ") {
				t.Errorf("%v, error %v; want %q", v, err, tt.want)
			}
		})
	}
}

// Kinds are named as a Python user knows them.
func TestKind(t *testing.T) {
	a := &Array{}
	if err := a.fill(Tuple{int64(2)}, &dtype{code: 'u', size: 1}, false, []byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	for want, v := range map[string]any{
		"None": nil, "a bool": true, "an integer": int64(1), "a text": "x", "a tuple": Tuple{}, "a list": &List{}, "a dictionary": &Dict{},
		"an array of u1 with the shape [2]": a, "an array of no type with the shape []": &Array{}, "the name numpy.dtype": nameDType, "a NumPy type": &dtype{},
		"something unknown": 1.5,
	} {
		if got := Kind(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	if got := fmt.Sprint(Kind([]byte("x"))); got != "a text" {
		t.Errorf("bytes are %q", got)
	}
}
