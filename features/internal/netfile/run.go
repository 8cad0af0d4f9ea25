package netfile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/features/internal/encoder"
	"repbench/internal/progress"
	"repbench/internal/tasks"
)

// Prepare compiles the network for the data set's images.
func (e *Network) Prepare(_ context.Context, ds *datasets.Dataset, _ progress.Reporter, _ encoder.Kept) error {
	return e.compile(ds.Splits[0].Images)
}

// compile makes the program fit images like im.
func (e *Network) compile(im datasets.Images) (err error) {
	if e.in.Viewed() {
		im = datasets.Images{H: e.in.Height, W: e.in.Width, C: e.in.imageChannels()}
	}
	p := e.program
	if p != nil && p.ready && p.takes(im, e.batch) {
		return nil
	}
	if p == nil || !p.takes(im, e.batch) {
		e.Close()
		if p, err = e.build(im.H, im.W, im.C); err != nil {
			return err
		}
		e.program = p
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compile the network: %v", r)
		}
	}()
	if err := p.graph.Compile(p.output); err != nil {
		return err
	}
	p.ready = true
	return e.model.Unchanged()
}

// takes says that the program is for images like im, in batches of that size.
func (p *program) takes(im datasets.Images, batch int) bool {
	d := p.shape.Dimensions
	return d[0] == batch && d[1] == im.H && d[2] == im.W && d[3] == im.C
}

// eye is what a goroutine needs to see images of any size.
type eye struct {
	decoder datasets.PictureDecoder
	scaler  resize.Scaler
	luma    []uint8
	bytes   []uint8
	floats  []float32
}

// Batch implements encoder.Streamed.
func (e *Network) Batch() int { return e.batch }

// Load implements encoder.Streamed. Several goroutines decode and resample.
func (e *Network) Load(im datasets.Images) (*encoder.Loaded, error) {
	if !e.in.Viewed() {
		return &encoder.Loaded{N: im.N, Tensor: encoder.ImageTensor(im, e.batch)}, nil
	}
	stride := e.in.Height * e.in.Width * e.in.imageChannels()
	dims := []int{e.batch, e.in.Height, e.in.Width, e.in.imageChannels()}
	if e.in.Round == RoundNone {
		data, err := load(e, im, stride, (*eye).seeFloats)
		return &encoder.Loaded{N: im.N, Tensor: tensors.FromFlatDataAndDimensions(data, dims...)}, err
	}
	data, err := load(e, im, stride, (*eye).seeBytes)
	return &encoder.Loaded{N: im.N, Tensor: tensors.FromFlatDataAndDimensions(data, dims...)}, err
}

// load sees all images of a batch; the last one is repeated to fill it. Of several errors the first
// image's is returned.
func load[T uint8 | float32](e *Network, im datasets.Images, stride int, see func(*eye, []T, *Input, datasets.Images, int) error) ([]T, error) {
	data := make([]T, e.batch*stride)
	threads := runtime.GOMAXPROCS(0)
	if len(e.eyes) < threads {
		e.eyes = append(e.eyes, make([]eye, threads-len(e.eyes))...)
	}
	failed := make([]error, im.N)
	tasks.Do(threads, im.N, func(worker, i int) {
		failed[i] = see(&e.eyes[worker], data[i*stride:][:stride], &e.in, im, i)
	})
	for i := im.N; i < e.batch; i++ {
		copy(data[i*stride:], data[(im.N-1)*stride:im.N*stride])
	}
	if i := slices.IndexFunc(failed, func(err error) bool { return err != nil }); i >= 0 {
		return data, failed[i]
	}
	return data, nil
}

// picture decodes an image, in grey where the network takes one channel.
func (y *eye) picture(in *Input, im datasets.Images, i int) (resize.Image, error) {
	p, err := im.Picture(&y.decoder, i, in.view())
	if err == nil && p.C == 3 && in.imageChannels() == 1 {
		y.luma = slices.Grow(y.luma[:0], len(p.Pix)/3)[:len(p.Pix)/3]
		resize.Luma(y.luma, p.Pix)
		p.Pix, p.C = y.luma, 1
	}
	return p, err
}

// seeBytes writes what the network sees of an image.
func (y *eye) seeBytes(dst []uint8, in *Input, im datasets.Images, i int) error {
	p, err := y.picture(in, im, i)
	if err != nil {
		return err
	}
	if p.C == in.imageChannels() {
		return y.scaler.View(dst, p, in.view())
	}
	y.bytes = slices.Grow(y.bytes[:0], len(dst)/3)[:len(dst)/3]
	err = y.scaler.View(y.bytes, p, in.view())
	spread(dst, y.bytes)
	return err
}

// seeFloats is seeBytes without rounding.
func (y *eye) seeFloats(dst []float32, in *Input, im datasets.Images, i int) error {
	p, err := y.picture(in, im, i)
	if err != nil {
		return err
	}
	if p.C == in.imageChannels() {
		return y.scaler.ViewFloat(dst, p, in.view())
	}
	y.floats = slices.Grow(y.floats[:0], len(dst)/3)[:len(dst)/3]
	err = y.scaler.ViewFloat(y.floats, p, in.view())
	spread(dst, y.floats)
	return err
}

// spread fills three channels with a grey image.
func spread[T any](dst, grey []T) {
	for i, v := range grey {
		dst[3*i], dst[3*i+1], dst[3*i+2] = v, v, v
	}
}

// Encode implements encoder.Network: it runs the network batch by batch; in the last one the last
// image is repeated, and the rows beyond are thrown away.
func (e *Network) Encode(dst []float32, im datasets.Images) error {
	d := e.width()
	for lo := 0; lo < im.N; lo += e.batch {
		part := im.Slice(lo, min(lo+e.batch, im.N))
		if err := e.compile(part); err != nil {
			return fmt.Errorf("extract features: %w", err)
		}
		b, err := e.Load(part)
		if err != nil {
			return errors.Join(fmt.Errorf("image %d and after: %w", lo, err), b.Release())
		}
		if err := e.Run(dst[lo*d:(lo+part.N)*d], b); err != nil {
			return err
		}
	}
	return nil
}

// width is the number of features of an image.
func (e *Network) width() int { return e.layers[len(e.layers)-1].Columns[1] }

// Run implements encoder.Streamed.
func (e *Network) Run(dst []float32, b *encoder.Loaded) error {
	if err := e.program.run(dst, b); err != nil {
		return fmt.Errorf("extract features: %w", err)
	}
	d := e.width()
	for i, v := range dst {
		if v-v != 0 {
			return fmt.Errorf("extract features: value %d of the features of image %d of the batch is %g; are scale, mean and std those of the network?", i%d, i/d, v)
		}
	}
	return nil
}

// run encodes a batch.
func (p *program) run(dst []float32, b *encoder.Loaded) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("run the network: %v", r)
		}
	}()
	p.args[0] = b.Tensor
	out := p.graph.Run(p.args...)[0]
	err = tensors.ConstFlatData(out, func(flat []float32) { copy(dst, flat[:len(dst)]) })
	return errors.Join(err, out.FinalizeAll(), b.Release())
}

// Close implements encoder.Network.
func (e *Network) Close() {
	if e.program != nil {
		e.program.graph.Finalize()
		e.program = nil
	}
}
