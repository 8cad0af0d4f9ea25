package comparison

import (
	"strconv"
	"strings"

	"repbench/reports/internal/format"
	"repbench/reports/internal/results"
)

// quote is a set of published results to stand beside ours, all from Radford,
// Metz and Chintala, "Unsupervised Representation Learning with Deep
// Convolutional Generative Adversarial Networks", 2015 (arXiv 1511.06434), who
// quote the rows of others in turn.
type quote struct {
	// table is the name of the table, conditions what was done there.
	table, conditions string
	rows              []quotedRow
}

// quotedRow is one method. Its numbers stand as published: value is an accuracy,
// or the error in the table of errors; "" where there is none.
type quotedRow struct {
	method, value string
	// extra is a second number, with what follows its "±" where that is published.
	extra string
	// units is the greatest number of feature units, 0 where it is not said.
	units int
}

// share is a published percentage as a fraction, with the half-width of its
// range; NaN where there is none.
func share(published string) (v, half float64) {
	number, around, _ := strings.Cut(strings.ReplaceAll(published, " %", ""), " ± ")
	parse := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return format.NaN
		}
		return v / 100
	}
	return parse(number), parse(around)
}

// Source is the name of the paper in tables.
const Source = "Radford et al. 2015"

// quotedFor is what the paper says about a data set.
func quotedFor(data string) (quote, bool) {
	switch results.Family(data) {
	case "cifar10":
		return cifar10Quote, true
	case "svhn":
		return svhnQuote, true
	case "mnist":
		return mnistQuote, true
	}
	return quote{}, false
}

// cifar10Quote is Table 1; extra is the accuracy with 400 labels per class.
var cifar10Quote = quote{
	table: "Table 1, CIFAR-10",
	conditions: "50,000 training and 10,000 test images. The paper's discriminator was trained on ImageNet-1k " +
		"and never saw CIFAR-10; its features of 28,672 numbers were classified by an L2-SVM.",
	rows: []quotedRow{
		{"Exemplar CNN", "84.3 %", "77.4 % ± 0.2", 1024},
		{"DCGAN + L2-SVM", "82.8 %", "73.8 % ± 0.4", 512},
		{"3 layer K-means, learned receptive fields", "82.0 %", "70.7 % ± 0.7", 3200},
		{"View-invariant K-means", "81.9 %", "72.6 % ± 0.7", 6400},
		{"1 layer K-means", "80.6 %", "63.7 % ± 0.7", 4800},
	},
}

// svhnQuote is Table 2, of errors.
var svhnQuote = quote{
	table: "Table 2, SVHN with 1000 labels",
	conditions: "1000 labelled training images, 100 per class, drawn at random, and 10,000 validation images for " +
		"every choice. The row marked validation is an error on the validation split.",
	rows: []quotedRow{
		{method: "DCGAN + L2-SVM", value: "22.48 %"},
		{method: "SWWAE with dropout", value: "23.56 %"},
		{method: "SWWAE without dropout", value: "27.83 %"},
		{method: "Supervised CNN of the same architecture (validation)", value: "28.87 %"},
		{method: "M1 + M2", value: "36.02 %"},
		{method: "M1 + TSVM", value: "54.33 %"},
		{method: "M1 + KNN", value: "65.63 %"},
		{method: "TSVM", value: "66.55 %"},
		{method: "KNN", value: "77.93 %"},
	},
}

// mnistQuote is of errors; extra is the one with 10 million generated samples.
var mnistQuote = quote{
	table: "MNIST, nearest neighbour among generated samples",
	conditions: "The paper's rows are another protocol: real test images are classified by their nearest " +
		"neighbour among labelled generated samples, 50,000 of them or, in the last column, 10 million. They show what is known of the " +
		"data set and cannot be compared with a classifier of features.",
	rows: []quotedRow{
		{method: "DCGAN", value: "2.98 %", extra: "1.48 %"},
		{method: "Real data", value: "3.1 %"},
		{method: "GAN (permutation invariant)", value: "6.28 %", extra: "5.65 %"},
		{method: "AlignMNIST", extra: "1.4 %"},
		{method: "InfiMNIST", extra: "2.6 %"},
	},
}
