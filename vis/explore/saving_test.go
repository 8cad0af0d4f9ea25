package explore

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stateAt is the state of the file of boxes as a page that is loaded now knows it.
func stateAt(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url + "api/model")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %s, %v", answer.StatusCode, text, err)
	}
	return decode[modelAnswer](t, string(text)).State
}

// A file of boxes that has changed since a page read it is replaced only where the page says so, and
// one that holds something else is not.
func TestSavingKeepsChanges(t *testing.T) {
	g, p := tiny(t, "svhn32")
	path := filepath.Join(t.TempDir(), "boxes.json")
	url := served(t, Options{Generator: g, Pool: p, Boxes: path})
	save := func(boxes, state string, replace bool) (int, string) {
		return ask(t, url+"api/boxes", "application/json", fmt.Appendf(nil, `{"boxes": %s, "state": %q, "replace": %v}`, boxes, state, replace))
	}
	content := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first, second := stateAt(t, url), stateAt(t, url) // two pages
	status, text := save(someBoxes, first, false)
	if status != http.StatusOK {
		t.Fatalf("status %d, %s", status, text)
	}
	saved, first := content(), decode[boxesAnswer](t, text).State
	if status, text := save("[]", second, false); status != http.StatusConflict || !strings.Contains(text, "now holds 2 boxes: replace them by the 0") || content() != saved {
		t.Errorf("status %d, %s; the file holds %s", status, text, content())
	}
	if status, text := save(someBoxes, first, false); status != http.StatusOK {
		t.Errorf("the page that saved it saves again: status %d, %s", status, text)
	}
	if status, text := save("[]", second, true); status != http.StatusOK || content() != "[]\n" {
		t.Errorf("status %d, %s; the file holds %s", status, text, content())
	}
	if err := os.WriteFile(path, []byte("my thesis"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, replace := range []bool{false, true} {
		if status, text := save(someBoxes, first, replace); status != http.StatusUnprocessableEntity || !strings.Contains(text, "nothing was saved") || content() != "my thesis" {
			t.Errorf("status %d, %s; the file holds %s", status, text, content())
		}
	}
}

// A request whose body arrives slowly lets others work.
func TestSlowBody(t *testing.T) {
	g, p := tiny(t, "svhn32")
	base := served(t, Options{Generator: g, Pool: p})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "POST %sapi/invert HTTP/1.1\r\nHost: %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nabc", u.Path, u.Host); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // until it has arrived
	done := make(chan int, 1)
	go func() {
		status, _ := ask(t, base+"api/samples", "application/json", []byte(`{"first": 0}`))
		done <- status
	}()
	select {
	case status := <-done:
		if status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	case <-time.After(30 * time.Second): // the body may take a minute
		t.Error("a body that does not arrive holds all other requests")
		conn.Close()
		<-done
	}
}
