package features

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/features/internal/stacked"
	"repbench/features/store"
)

// TestKeysStay: folders of features that were made before keep their names and are
// found again. The hashes were written down with version 1 of the key; the weights of a
// run folder depend on how the processor rounds, so that a fixed text stands for them.
func TestKeysStay(t *testing.T) {
	ds := noise(40, 4)
	grey := grey(ds)
	sorted := noise(40, 4)
	slices.Sort(sorted.Splits[0].Labels)
	autoencoder := "autoencoder:" + autoencoderRun(t, cpu(t), ds, 1)
	weights, _ := theanoFolder(t, 4)
	run := "dcgan:" + trainedRun(t, ds)
	for _, tt := range []struct {
		name, spec string
		o          Options
		ds         *datasets.Dataset
		want       string
	}{
		{"pixels", "pixels", Options{}, ds, "c10a134ee3dba65a3ecdcf5110a02ca4c49443783700e6d7cca8bc2da13ace0d"},
		{"pixels, float16", "pixels", Options{Half: true, Pooling: store.PoolMean, Grid: 2, BatchNorm: store.Batch, BatchSize: 7}, ds, "f2fce0acf31e01aadf849faa34e1cc67a0588588278b249cd5ebdbbef7fa19f6"},
		{"pca", "pca:4", Options{Pooling: store.PoolNone}, ds, "f20d0d2d66f141ec936622818aa003f18e5ccf0e79f0625c6e7793d695d596ba"},
		{"pca, whitened", "pca:4,whiten", Options{}, ds, "e72048334f40c626198b0fd924d9926f4db12fa725e5d524ca14525cc24a9d7e"},
		{"kmeans", "kmeans:8", Options{Grid: 2}, ds, "5b289ce86e5be56743de05a69731dce705cc7652d1ecacaf91226e87c92ecdfd"},
		{"kmeans, another seed", "kmeans:8", Options{Seed: new(uint64(7))}, ds, "e451a6de0d69a11baef3f0e71c217f9455d44f9be1dbd6415ef31e9a1031ad23"},
		{"kmeans3", "kmeans3", Options{BatchNorm: store.Released}, ds, "fa2c44fddd18150f9694460182cf7be2d8b85c210e8fd77a58a775e85cb1b5f8"},
		{"kmeans3, small", "kmeans3:8,8,4,maps=4,inputs=4", Options{Seed: new(uint64(3)), Layers: []string{"layer1"}}, ds, "47c303cb1d05e76d70b5ca2942f4567c6f41279fea930b3c203a69627babf571"},
		{"random", "random:svhn32,width=4", Options{}, ds, "a4ece65b0a12e5628badef2ecbd61e0d33dddb4edb5295e51d7f792318c1405b"},
		{"random, ordered by class", "random:svhn32,width=4", Options{}, sorted, "0c53725b9201a7724cb5fe8115fa7a1a80d9192479290c331952e91432ae8014"},
		{"random, mean of 2×2", "random:svhn32,width=4", Options{Pooling: store.PoolMean, Grid: 2, Layers: []string{"conv3", "conv2"}}, ds, "40a308af14ebfe6d8965156f06a343b60b6ddb4a5a5ba47ddeba2f8682c9a67e"},
		{"random, whole maps", "random:svhn32,width=4", Options{Pooling: store.PoolNone, Seed: new(uint64(5)), BatchNorm: store.Released}, ds, "062fe8543cb78e7ceea3c1fc39e6befa2a10cf409646987f47d622dcf7e83bdf"},
		{"random, statistics of batches", "random:svhn32,width=4", Options{BatchNorm: store.Batch, BatchSize: 9}, ds, "ea73e9ec0acbb8e96e0565bfac74ab880e5305d7c089061e0d9cc38e01be071e"},
		{"random, grey", "random:svhn32,width=4,channels=1", Options{}, grey, "32b84cb3fcc0d25e655242e73d3e72617ec93cd55e98cf0c8caf4b6715a1a8ca"},
		{"dcgan", run, Options{}, ds, "3c2c3b09dd9abd606601df20b147db4b30e84f2985f92ed3854ab8d50ae01f6b"},
		{"dcgan, its own statistics", run, Options{BatchNorm: store.Running}, ds, "5c97de916b1fa8f10707a781f1ee00515c11178657adacdf370fd9ea978f01bf"},
		{"dcgan, by its path", strings.TrimPrefix(run, "dcgan:"), Options{}, ds, "3c2c3b09dd9abd606601df20b147db4b30e84f2985f92ed3854ab8d50ae01f6b"},
		{"theano", "theano:" + weights, Options{}, ds, "dc3b8582e49331951a6bcf0dc1680d40a8bb2141b3757f1991e910f36865f3bd"},
		{"autoencoder", autoencoder, Options{Grid: 2}, ds, "b97dc2113a6135844e2826466f3d16797fedb2ed533ca07da3d89226dbe86ba1"},
		{"onnx, vector", testNet("convnet") + ",norm=imagenet", Options{}, ds, "80ec93c4e95943b5f43b4172c0e729e9b1cece844d78a64d282ce9039702715d"},
		{"onnx, maps", testNet("convnet") + ",output=y1,color=bgr,mean=1,2,3", Options{Grid: 2}, ds, "dc9aea2b0c79c5085fafcbe6fe50b01449073c043a6b930c442390be0962456e"},
		{"onnx, whole maps", testNet("convnet") + ",output=y1", Options{Pooling: store.PoolNone}, ds, "5bc45ce6c0ab7a5f37d569808013e165c3696d2e9ba5f73f2f1c9af30aa35ecc"},
		{"onnx, tokens", testNet("transformer") + ",output=y1", Options{Pooling: store.PoolMean}, ds, "85f9f97219a9b833c99c7830a9f309003a629d5dad28de8a15375a4bbf4a3aea"},
		{"onnx, one token", testNet("transformer") + ",output=y1,token=0,resize=bicubic", Options{}, ds, "e3a26054693ec770209bdb2cd7bbd4173812dafee6c99f65f40812cfa2482742"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := open(t, tt.spec, tt.o)
			if e.trainedOn != nil {
				e.WeightsHash = "weights"
			}
			got, err := e.CacheKey(tt.ds)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("the key is %s, want %s", got, tt.want)
			}
		})
	}
}

// grey is a data set with the first channel of the images of ds.
func grey(ds *datasets.Dataset) *datasets.Dataset {
	out := &datasets.Dataset{Name: "grey", Source: ds.Source, Classes: ds.Classes, Hash: "g"}
	for _, s := range ds.Splits {
		im := datasets.Images{N: s.Images.N, H: s.Images.H, W: s.Images.W, C: 1}
		for i := 0; i < len(s.Images.Data); i += s.Images.C {
			im.Data = append(im.Data, s.Images.Data[i])
		}
		out.Splits = append(out.Splits, &datasets.Split{Name: s.Name, Images: im, Labels: s.Labels, IDs: s.IDs})
	}
	return out
}

// TestKeptFilesStay: what an encoder learned before is found under its name.
func TestKeptFilesStay(t *testing.T) {
	dir := t.TempDir()
	ds := tiny(t, 4)
	ds.Hash = "h"
	extract(t, open(t, "pca:4", Options{}), ds, dir)
	if _, err := os.Stat(filepath.Join(dir, ".pca-eb7da4d730987c40.npy")); err != nil {
		t.Error(err)
	}
	stacked := open(t, "kmeans3:8,8,4,maps=4,inputs=4", Options{}).net.(*stacked.Network)
	if got, want := stacked.KeptLayer("h", 0), ".kmeans3-4ec1b59295bb5fd1-layer1.npy"; got != want {
		t.Errorf("the first layer is kept in %s, want %s", got, want)
	}
}
