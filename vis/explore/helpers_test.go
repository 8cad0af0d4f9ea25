package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/internal/raster"
	"repbench/train/convolution"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/sheet"
)

// tiny is a generator of random weights with a pool of 200 samples.
func tiny(t *testing.T, arch string) (*vis.Generator, latent.Pool) {
	t.Helper()
	a, err := dcgan.NewArch(arch, 2)
	if err != nil {
		t.Fatal(err)
	}
	m := dcgan.NewModel(a, 3)
	m.Lowering = convolution.Native
	g, err := vis.New(t.Context(), m, backendtest.CPU(t), vis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	p, err := latent.DrawPool(g, 200, 5)
	if err != nil {
		t.Fatal(err)
	}
	return g, p
}

// served serves the page of options until the test ends, and returns its address.
func served(t *testing.T, o Options) string {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	page, err := e.Page("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := page.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- page.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		e.Close()
	})
	return page.URL()
}

// ask posts a body and returns the status and the answer.
func ask(t *testing.T, url, kind string, body []byte) (int, string) {
	t.Helper()
	answer, err := http.Post(url, kind, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// get posts JSON that has to be accepted and decodes the answer.
func get[T any](t *testing.T, url, body string) T {
	t.Helper()
	status, text := ask(t, url, "application/json", []byte(body))
	if status != http.StatusOK {
		t.Fatalf("%s %s: status %d, %s", url[strings.LastIndex(url, "api/"):], body, status, text)
	}
	return decode[T](t, text)
}

// decode reads an answer.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// rounding is by how much a byte may differ where images are generated in batches of another size.
const rounding = 1

// same compares PNGs with the images [lo, lo+len) of im.
func same(t *testing.T, what string, pngs [][]byte, im dcgan.Images, lo int) {
	t.Helper()
	want, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range pngs {
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for p, v := range raster.Pixels(img, im.C) {
			if d := int(v) - int(want.At(lo + i)[p]); d > rounding || d < -rounding {
				t.Fatalf("%s: image %d differs by %d at value %d", what, lo+i, d, p)
			}
		}
	}
}
