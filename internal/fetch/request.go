package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// errRange says that a server answers a request for the rest of a file wrongly.
var errRange = errors.New("the server answers a request for the rest of the file wrongly")

// answer is a server's answer that was accepted.
type answer struct {
	body     io.ReadCloser
	start    int64 // the body begins at this byte of the file
	length   int64 // announced bytes of the body, -1 where it does not say
	etag     string
	modified string
}

// retryLater is an answer that asks the client to wait.
type retryLater struct {
	error
	after time.Duration
}

func newClient(o Options) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: min(connectWait, o.Stall)}).DialContext,
			TLSHandshakeTimeout:   min(connectWait, o.Stall),
			ResponseHeaderTimeout: o.Stall,
			DisableKeepAlives:     true,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			switch {
			case len(via) >= maxRedirects:
				return serverError{fmt.Errorf("the server redirects more than %d times", maxRedirects)}
			case req.URL.Scheme != "http" && req.URL.Scheme != "https":
				return serverError{fmt.Errorf("the server redirects to %s, which is not fetched", req.URL.Redacted())}
			}
			return nil
		},
	}
}

// ask requests the file from byte start on, or the whole file if its edition is no longer that
// of have. It checks the answer before any of it is used.
func (f File) ask(ctx context.Context, client *http.Client, address string, start int64, have origin) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, serverError{err}
	}
	req.Header.Set("User-Agent", "repbench")
	// The checksum is of the unencoded file, so no encoding is allowed.
	req.Header.Set("Accept-Encoding", "identity")
	if start > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", start))
		if v := validator(have); v != "" && have.URL == address {
			req.Header.Set("If-Range", v)
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, requestError(err)
	}
	a, err := f.judge(resp, start)
	if err == nil && a.start > 0 && changed(have, address, a) {
		err = fmt.Errorf("%w: it has another edition by now", errRange)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return a, nil
}

// validator returns the value of If-Range: a strong entity tag, else a date.
func validator(o origin) string {
	if o.ETag != "" && !strings.HasPrefix(o.ETag, "W/") {
		return o.ETag
	}
	return o.Modified
}

// changed reports whether the rest in an answer belongs to another edition. A server that
// ignores If-Range sends it all the same.
func changed(have origin, address string, a *answer) bool {
	return have.URL == address && (have.ETag != "" && a.etag != "" && have.ETag != a.etag ||
		have.Modified != "" && a.modified != "" && have.Modified != a.modified)
}

// requestError words a failed request without its URL, which the final error begins with, and
// recognises failures that another try would not cure.
func requestError(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var cert *tls.CertificateVerificationError
	var known serverError
	if errors.As(err, &cert) && !errors.As(err, &known) {
		return serverError{err}
	}
	return err
}

// judge checks that an answer is the whole file, or its rest from start on.
func (f File) judge(resp *http.Response, start int64) (*answer, error) {
	a := &answer{body: resp.Body, length: resp.ContentLength, etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified")}
	switch resp.StatusCode {
	case http.StatusOK:
		if a.length >= 0 && a.length != f.Size {
			return nil, serverError{fmt.Errorf("the server announces %d bytes where the official file has %d", a.length, f.Size)}
		}
		return a, nil
	case http.StatusPartialContent:
		a.start = start
		return a, f.judgeRange(resp.Header.Get("Content-Range"), start)
	case http.StatusRequestedRangeNotSatisfiable:
		return nil, fmt.Errorf("%w: %q", errRange, resp.Status)
	}
	err := fmt.Errorf("the server answers %q", resp.Status)
	switch code := resp.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return nil, retryLater{err, retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	}
	return nil, serverError{err}
}

// judgeRange checks a header like "bytes 100-199/200".
func (f File) judgeRange(text string, start int64) error {
	span, total, ok1 := strings.Cut(strings.TrimPrefix(text, "bytes "), "/")
	first, _, ok2 := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok1 || !ok2 || err != nil || from != start || start == 0 {
		return fmt.Errorf("%w: Content-Range is %q where byte %d and on were wanted", errRange, text, start)
	}
	if n, err := strconv.ParseInt(total, 10, 64); err == nil && n != f.Size {
		return serverError{fmt.Errorf("the server's file has %d bytes where the official file has %d", n, f.Size)}
	}
	return nil
}

// retryAfter reads a number of seconds or a date; 0 if the text is neither.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
