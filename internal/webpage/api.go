package webpage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Blob is an answer that is no JSON, such as a picture.
type Blob struct {
	// Type is the content type: "image/png".
	Type string
	// Data is the content.
	Data []byte
}

// Error is an error with the HTTP status of its answer.
type Error struct {
	// Status is the HTTP status, from 400 on.
	Status int
	// Text says what was found and the next step.
	Text string
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Errorf returns an *Error.
func Errorf(status int, format string, args ...any) *Error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

// JSON makes a function of a value a Handler: the body of the request is decoded strictly into
// an In, see Decode, and the Out is the answer.
func JSON[In, Out any](f func(ctx context.Context, in In) (Out, error)) Handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		var in In
		if err := Decode(r, &in); err != nil {
			return nil, err
		}
		return f(r.Context(), in)
	}
}

// Decode decodes the body of a request, one value of JSON, into v. Unknown fields, anything
// after the value, another content type and a body above the limit of the page are an *Error.
func Decode(r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return Errorf(http.StatusUnsupportedMediaType, "the request has the content type %q: send application/json", r.Header.Get("Content-Type"))
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return bodyError("the request is not the JSON that is wanted", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("there is more after the first value")
		}
		return bodyError("the request is not the JSON that is wanted", err)
	}
	return nil
}

// Body reads the whole body of a request, such as an uploaded picture. A body above the limit
// of the page is an *Error.
func Body(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError("the upload could not be read", err)
	}
	return data, nil
}

// bodyError is 413 where the body was too large, else 400.
func bodyError(what string, err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return Errorf(http.StatusRequestEntityTooLarge, "the upload is larger than %s: choose a smaller file", sizeText(large.Limit))
	}
	if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
		return Errorf(http.StatusBadRequest, "%s: %s is a %s, which cannot stand there", what, cmp.Or(kind.Field, "the value"), kind.Value)
	}
	return Errorf(http.StatusBadRequest, "%s: %v", what, err)
}

// api serves the routes of one path.
func (p *Page) api(routes []Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, route := range routes {
			if route.Method == r.Method {
				answer(w, r, route.Handle)
				return
			}
			allowed = append(allowed, route.Method)
		}
		wrongMethod(w, strings.Join(allowed, ", "))
	})
}

// answer calls a handler and writes what it returns. A panic of the handler is an answer of
// status 500: the page goes on.
func answer(w http.ResponseWriter, r *http.Request, h Handler) {
	v, err := calm(w, r, h)
	if err != nil {
		writeError(w, err)
		return
	}
	if b, ok := v.(Blob); ok {
		write(w, http.StatusOK, b.Type, b.Data)
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		writeError(w, err)
		return
	}
	write(w, http.StatusOK, "application/json", data)
}

// calm calls a handler and makes a panic an error.
func calm(w http.ResponseWriter, r *http.Request, h Handler) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, fmt.Errorf("the program is at fault: %v", p)
		}
	}()
	return h(w, r)
}

// writeError answers {"error": TEXT}.
func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var known *Error
	switch {
	case errors.As(err, &known):
		status = known.Status
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
	}
	data, err := json.Marshal(map[string]string{"error": err.Error()})
	if err != nil { // text always encodes
		data = []byte(`{"error": "unknown"}`)
	}
	write(w, status, "application/json", data)
}

func write(w http.ResponseWriter, status int, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(data) // the browser has gone: there is nobody to tell
}
