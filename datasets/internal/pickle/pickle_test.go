package pickle

import (
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantBatch checks the dictionary that testdata/make.py writes in all protocols.
func wantBatch(t *testing.T, data []byte) {
	t.Helper()
	v, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := v.(*Dict)
	if !ok || len(d.Values) != 4 {
		t.Fatalf("%s of %d keys", Kind(v), len(d.Values))
	}
	label, _ := Text(d.Values["batch_label"])
	labels, err1 := Ints(d.Values["labels"])
	files, err2 := Texts(d.Values["filenames"])
	a, ok := d.Values["data"].(*Array)
	if !ok || err1 != nil || err2 != nil {
		t.Fatalf("data is %s; %v, %v", Kind(d.Values["data"]), err1, err2)
	}
	pixels, err := a.Bytes()
	got := fmt.Sprintf("%s %v %v %v %q %v", label, labels, files, a.Shape, pixels, err)
	if want := `training batch 1 of 5 [6 9] [a.png b.png] [2 6] "\x00\x01\n'\\\xff\x80abcde" <nil>`; got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// wantOthers checks the other types that testdata/make.py writes.
func wantOthers(t *testing.T, data []byte) {
	t.Helper()
	v, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	d := v.(*Dict).Values
	labels, err1 := Ints(d["labels"])
	scalars, err2 := Ints(d["scalars"])
	integers, err3 := Ints(d["integers"])
	columns, err4 := d["columns"].(*Array).Bytes()
	others := d["others"].(*List).Items
	got := fmt.Sprint(labels, scalars, integers, columns, others, err1, err2, err3, err4)
	want := "[1 -2] [70000 3] [-1 -40000 1099511627776 255 256] [0 1 2 3 4 5] [true <nil> [1] é] <nil> <nil> <nil> <nil>"
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestFrozen(t *testing.T) {
	if len(frozen) != 15 {
		t.Fatalf("%d pickles", len(frozen))
	}
	for name, text := range frozen {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "others") {
				wantOthers(t, unhex(t, text))
			} else {
				wantBatch(t, unhex(t, text))
			}
		})
	}
}

// TestAgainstPython lets Python write the pickles again, if it has NumPy.
func TestAgainstPython(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skipf("NumPy is absent: %v", err)
	}
	out, err := exec.Command(python, "testdata/make.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if n++; strings.HasPrefix(name, "others") {
			wantOthers(t, unhex(t, text))
		} else {
			wantBatch(t, unhex(t, text))
		}
	}
	if n != 12 {
		t.Fatalf("%d pickles", n)
	}
}

func TestRefuses(t *testing.T) {
	whole := string(unhex(t, frozen["python2 protocol 2"]))
	tests := []struct{ name, in, want string }{
		{"empty", "", "unexpected EOF"},
		{"cut", whole[:100], "unexpected EOF"},
		{"a command", "cos\nsystem\n(S'echo x'\ntR.", `it names "os.system" of Python`},
		{"a command of protocol 4", "\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", `it names "builtins.eval"`},
		{"an instance", "\x80\x02)\x81.", "the instruction"},
		{"persistent", "P1\n.", "the instruction"},
		{"a float", "G\x00\x00\x00\x00\x00\x00\x00\x00.", "the instruction"},
		{"out of band", "\x80\x05\x97.", "the instruction"},
		{"protocol", "\x80\x06N.", "protocol is 6"},
		{"a call of a text", "(S'x'\n)R.", "is called with 0 arguments"},
		{"a call without arguments", "cnumpy\ndtype\nK\x01R.", "a call with an integer"},
		{"floats", "cnumpy\ndtype\n(S'f4'\nI0\nI1\ntR.", `of type "f4"; read are integers`},
		{"objects", "cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.", `of type "O8"`},
		{"shape", strings.Replace(whole, "K\x02K\x06\x86", "K\x02K\x07\x86", 1), "has 12 bytes where 14 are expected"},
		{"giant shape", strings.Replace(whole, "K\x02K\x06\x86", "J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", 1), "are expected"},
		{"negative shape", strings.Replace(whole, "K\x02K\x06\x86", "K\x02J\xff\xff\xff\xff\x86", 1), "a dimension of -1"},
		{"giant string", "B\xff\xff\xff\xffabc.", "unexpected EOF"},
		{"no mark", "K\x01e.", "a mark is missing"},
		{"below the mark", "](a.", "a value is missing"},
		{"memo", "h\x05.", "never stored"},
		{"two values", "NN.", "ends with 2 values"},
		{"nothing", ".", "ends with 0 values"},
		{"key", "}]Ns.", "a key that is a list"},
		{"key twice", "}(U\x01aNU\x01aNu.", `"a" comes twice`},
		{"odd", "}(U\x01au.", "a key without a value"},
		{"list", "}K\x01a.", "added to a dictionary"},
		{"integer", "Ix\n.", `"x" in place of an integer`},
		{"quotes", "S'x\n.", "quotation marks"},
		{"escape", `S'\q'` + "\n.", "the escape"},
		{"long integer", "\x8a\x09123456789.", "an integer of 9 bytes"},
		{"state", "]Nb.", "the state of a list"},
		{"text", "X\x01\x00\x00\x00\xff.", "not UTF-8"},
		{"encoded again and again", "X\xff\x00\x00\x00" + strings.Repeat("x", 255) + "q\x00X\x06\x00\x00\x00latin1q\x01c_codecs\nencode\nq\x02(" +
			strings.Repeat("h\x02h\x00h\x01\x86R", 100) + "l.", "again and again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if v, err := Read([]byte(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, %v; want %q", v, err, tt.want)
			}
		})
	}
	if _, err := Read([]byte(strings.Repeat("N", maxValues+1) + ".")); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Fatalf("too many values: %v", err)
	}
}

func TestConversions(t *testing.T) {
	for _, v := range []any{nil, int64(1), Tuple{"a"}, &List{[]any{nil}}, &Array{}} {
		if _, err := Ints(v); err == nil {
			t.Errorf("%v gives integers", v)
		}
	}
	for _, v := range []any{nil, "text", &List{[]any{int64(1)}}} {
		if _, err := Texts(v); err == nil {
			t.Errorf("%v gives texts", v)
		}
	}
	if s, ok := Text([]byte("caf\xe9")); !ok || s != "café" {
		t.Errorf("Latin-1: %q", s)
	}
	if _, err := (&Array{}).Bytes(); err == nil {
		t.Error("an array without content gives bytes")
	}
}

// FuzzRead: any bytes give a value or an error, and accepted values are consistent.
func FuzzRead(f *testing.F) {
	for _, text := range frozen {
		f.Add(unhex(f, text))
	}
	f.Add([]byte("(dp0\nS'x'\np1\n(lp2\nI6\naI9\nasg1\n."))
	f.Add([]byte("]q\x00h\x00a.")) // a list in itself
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Read(data)
		if err != nil {
			return
		}
		d, ok := v.(*Dict)
		if !ok {
			return
		}
		for _, v := range d.Values {
			_, _ = Ints(v)
			_, _ = Texts(v)
			a, ok := v.(*Array)
			if !ok {
				continue
			}
			if b, err := a.Bytes(); err == nil {
				n := 1
				for _, side := range a.Shape {
					n *= side
				}
				if n != len(b) || n > len(data)*4 {
					t.Fatalf("%d bytes for %v of %d", len(b), a.Shape, len(data))
				}
			}
		}
	})
}
