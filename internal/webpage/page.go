package webpage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
)

// Page is a page that can be served once.
type Page struct {
	o        Options
	token    string
	listener net.Listener
	hosts    map[string]bool // allowed Host headers
}

// New checks the options. Nothing listens yet.
func New(o Options) (*Page, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &Page{o: o, token: rand.Text()}, nil
}

// Listen opens the port. URL is known from then on.
func (p *Page) Listen() error {
	if p.listener != nil {
		return errors.New("webpage: the page listens already")
	}
	l, err := net.Listen("tcp", p.o.Address)
	if err != nil {
		return fmt.Errorf("webpage: %w; choose another port, or 0 for any free one", err)
	}
	at := l.Addr().(*net.TCPAddr)
	port := strconv.Itoa(at.Port)
	p.listener = l
	p.hosts = map[string]bool{net.JoinHostPort(at.IP.String(), port): true, net.JoinHostPort("localhost", port): true}
	if at.Port == 80 { // which browsers leave out
		p.hosts[at.IP.String()], p.hosts["localhost"] = true, true
	}
	return nil
}

// URL is the address of the page, with its token; "" before Listen.
func (p *Page) URL() string {
	if p.listener == nil {
		return ""
	}
	return "http://" + p.listener.Addr().String() + p.root()
}

// root is the path of the page.
func (p *Page) root() string {
	if p.o.NoToken {
		return "/"
	}
	return "/" + p.token + "/"
}

// Serve answers requests until ctx is done; requests that are being answered then see their
// context done, and have a few seconds to end. It returns nil when it was stopped by ctx.
func (p *Page) Serve(ctx context.Context) error {
	if p.listener == nil {
		return errors.New("webpage: Serve before Listen")
	}
	server := &http.Server{
		Handler: p.Handler(), BaseContext: func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: p.o.Answer + readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0), // of clients that break off
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		// ctx is done: the time to end has a context of its own.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		err := server.Shutdown(ending)
		if err != nil {
			err = server.Close()
		}
		stopped <- err
	})
	err := server.Serve(p.listener)
	if !stop() && errors.Is(err, http.ErrServerClosed) {
		return <-stopped
	}
	return errors.Join(err, server.Close())
}

// Close frees the port of a page that is not served.
func (p *Page) Close() error {
	if p.listener == nil {
		return nil
	}
	if err := p.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
