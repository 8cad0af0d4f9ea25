package fetch_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"repbench/internal/fetch"
)

// A file of known size and checksum from a server of this machine.
func ExampleFile_Get() {
	const text = "the data\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }))
	defer server.Close()
	dir, err := os.MkdirTemp("", "fetch")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	sum := sha256.Sum256([]byte(text))
	f := fetch.File{URLs: []string{server.URL}, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
	path := filepath.Join(dir, "data.txt")
	err = f.Get(context.Background(), path, fetch.Options{})
	got, _ := os.ReadFile(path)
	fmt.Printf("%q %v\n", got, err)
	// Output: "the data\n" <nil>
}
