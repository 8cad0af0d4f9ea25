package reports

import (
	"strconv"
	"strings"
)

// quote is a set of published results to stand beside ours, all from Radford,
// Metz and Chintala, "Unsupervised Representation Learning with Deep
// Convolutional Generative Adversarial Networks", 2015 (arXiv 1511.06434), who
// quote the rows of others in turn.
type quote struct {
	// table is the name of the table, conditions what was done there.
	table, conditions string
	// extra names a further column, "" for none.
	extra string
	rows  []quotedRow
	// comparable says that the rows are accuracies of a protocol like ours, to
	// be drawn in one figure.
	comparable bool
}

// quotedRow is one method. Its test accuracy stands as published, or as 100 %
// minus the published error with as many decimals; "" where there is none.
type quotedRow struct {
	method, accuracy, extra string
}

// fraction is the accuracy as a number, NaN where there is none.
func (r quotedRow) fraction() float64 {
	v, err := strconv.ParseFloat(strings.TrimSuffix(r.accuracy, " %"), 64)
	if err != nil {
		return nan
	}
	return v / 100
}

// source is the name of the paper in tables.
const source = "Radford et al. 2015"

// quotedFor is what the paper says about a data set.
func quotedFor(data string) (quote, bool) {
	switch family(data) {
	case "cifar10":
		return cifar10Quote, true
	case "svhn":
		return svhnQuote, true
	case "mnist":
		return mnistQuote, true
	}
	return quote{}, false
}

// family reduces the name of a data set to the one that the paper uses: parts
// after the name ("cifar10-jpeg", "svhn:small") do not count, but "cifar100" is
// another set.
func family(data string) string {
	name := strings.ToLower(data)
	for _, known := range []struct{ start, family string }{
		{"cifar10", "cifar10"}, {"cifar-10", "cifar10"}, {"svhn", "svhn"}, {"mnist", "mnist"},
	} {
		rest, ok := strings.CutPrefix(name, known.start)
		if ok && (rest == "" || strings.ContainsRune("-_:=./ ", rune(rest[0]))) {
			return known.family
		}
	}
	return ""
}

var cifar10Quote = quote{
	table: "CIFAR-10 classification",
	conditions: "50,000 training and 10,000 test images. The paper's discriminator was trained on ImageNet-1k " +
		"and never saw CIFAR-10; its features of 28,672 numbers were classified by an L2-SVM.",
	extra:      "400 labels a class",
	comparable: true,
	rows: []quotedRow{
		{"Exemplar CNN", "84.3 %", "77.4 % ± 0.2"},
		{"DCGAN + L2-SVM", "82.8 %", "73.8 % ± 0.4"},
		{"3 layer K-means, learned receptive fields", "82.0 %", "70.7 % ± 0.7"},
		{"View-invariant K-means", "81.9 %", "72.6 % ± 0.7"},
		{"1 layer K-means", "80.6 %", "63.7 % ± 0.7"},
	},
}

var svhnQuote = quote{
	table: "SVHN with 1000 labels",
	conditions: "1000 labelled training images, 100 a class, drawn at random, and 10,000 validation images for " +
		"every choice. The paper gives errors; here they are 100 % minus the error. The row marked validation " +
		"is on the validation split. A result with another number of training images is not comparable.",
	comparable: true,
	rows: []quotedRow{
		{"DCGAN + L2-SVM", "77.52 %", ""},
		{"SWWAE with dropout", "76.44 %", ""},
		{"SWWAE without dropout", "72.17 %", ""},
		{"Supervised CNN of the same architecture (validation)", "71.13 %", ""},
		{"M1 + M2", "63.98 %", ""},
		{"M1 + TSVM", "45.67 %", ""},
		{"M1 + KNN", "34.37 %", ""},
		{"TSVM", "33.45 %", ""},
		{"KNN", "22.07 %", ""},
	},
}

var mnistQuote = quote{
	table: "MNIST, nearest neighbour among generated samples",
	conditions: "The paper's rows are another protocol: real test images are classified by their nearest " +
		"neighbour among labelled generated samples, 50,000 of them or, in the last column, 10 million. They show what is known of the " +
		"data set and cannot be compared with a linear classifier.",
	extra: "10M samples",
	rows: []quotedRow{
		{"DCGAN", "97.02 %", "98.52 %"},
		{"Real data", "96.9 %", ""},
		{"GAN (permutation invariant)", "93.72 %", "94.35 %"},
		{"AlignMNIST", "", "98.6 %"},
		{"InfiMNIST", "", "97.4 %"},
	},
}
