package filters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/eval"
	"repbench/features"
	"repbench/train/convolution"
	"repbench/train/dcgan"
	"repbench/vis/vistest"
)

// released are the released model with the statistics of golden/vis_released, its control, and the
// 64 images there.
func released(t *testing.T, b *backends.Backend) (network, control Network, images datasets.Images) {
	t.Helper()
	m := vistest.Model(t, b)
	shape, px := vistest.Array[uint8](t, "images_u8")
	images = datasets.Images{Data: px, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}
	network = Network{Model: m, Stats: make([]*dcgan.HostStats, 3)}
	for i, name := range []string{"", "d_bn2", "d_bn3"} {
		if name != "" {
			network.Stats[i] = &dcgan.HostStats{Mean: vistest.Floats(t, name+"_mean"), Variance: vistest.Floats(t, name+"_var")}
		}
	}
	return network, randomOn(t, b, m, images), images
}

// randomOn is the control of a model with statistics of these images.
func randomOn(t *testing.T, b *backends.Backend, m *dcgan.Model, images datasets.Images) Network {
	t.Helper()
	random := RandomNetwork(m, 1)
	ds := &datasets.Dataset{Name: "images", Hash: "x", Splits: []*datasets.Split{{Name: datasets.Train, Images: images}}}
	stats, err := features.DiscriminatorStats(context.Background(), random, b, ds, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return Network{random, stats}
}

// TestReleasedUnits: the strongest units of six maps and their gradients by four rules, against
// PyTorch in float64.
func TestReleasedUnits(t *testing.T) {
	b := backendtest.CPU(t)
	network, control, images := released(t, b)
	var units []struct {
		Map, Rank, Image, Row, Col int
		Response                   float64
	}
	text, err := os.ReadFile(vistest.File(t, "guided_units.json"))
	if err == nil {
		err = json.Unmarshal(text, &units)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range dcgan.Rules() {
		f, err := Run(context.Background(), network, control, images, Options{Rule: rule, Top: 2, ScoreMaps: 1}, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := vistest.Floats(t, "guided_"+string(rule))
		for i, u := range units {
			s := f.Network.Shown[u.Map]
			p := s.Pictures[u.Rank]
			if s.Map != u.Map || p.Image != u.Image || p.Row != u.Row || p.Column != u.Col || math.Abs(float64(p.Response)-u.Response) > 1e-4*u.Response {
				t.Fatalf("map %d, rank %d: image %d at (%d, %d) with %g, want image %d at (%d, %d) with %g",
					s.Map, u.Rank, p.Image, p.Row, p.Column, p.Response, u.Image, u.Row, u.Col, u.Response)
			}
			vistest.Close(t, fmt.Sprintf("%s, unit %d", rule, i), p.Gradient, want[i*len(p.Gradient):(i+1)*len(p.Gradient)], vistest.Tolerance)
		}
	}
}

// TestReleasedScores: the correlation of guided pictures with contrast separates the released model
// from random weights, which stay near 0.
func TestReleasedScores(t *testing.T) {
	b := backendtest.CPU(t)
	network, control, images := released(t, b)
	f, err := Run(context.Background(), network, control, images, Options{}, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	trained, random := f.Network.Scores, f.Control.Scores
	t.Logf("trained %+v, random %+v", trained, random)
	if trained.Correlation < 0.15 || random.Correlation > 0.05 {
		t.Errorf("correlation %.3f trained and %.3f random, want at least 0.15 and at most 0.05", trained.Correlation, random.Correlation)
	}
	for name, ci := range map[string]*eval.Interval{"correlation": trained.CorrelationCI, "selectivity": trained.SelectivityCI, "kurtosis": trained.KurtosisCI} {
		s, _ := f.Result().Score(name)
		if ci == nil || s.CI95 != ci || ci[0] > s.Value || ci[1] < s.Value {
			t.Errorf("%s %g in %v", name, s.Value, ci)
		}
	}
	if trained.Pictures != DefaultScoreMaps*DefaultTop || !(trained.StdError > 0 && trained.StdError < 0.05) {
		t.Errorf("%d pictures, standard error %g", trained.Pictures, trained.StdError)
	}
}

// small is an untrained network of two maps in its first layer, with images and statistics.
func small(t *testing.T, b *backends.Backend) (network, control Network, images datasets.Images) {
	t.Helper()
	a, err := dcgan.NewArch("svhn32", 2)
	if err != nil {
		t.Fatal(err)
	}
	m := dcgan.NewModel(a, 3)
	m.Lowering = convolution.LoweringFor(b)
	images = datasets.Images{Data: make([]uint8, 12*32*32*3), N: 12, H: 32, W: 32, C: 3}
	for i := range images.Data {
		images.Data[i] = uint8(i * 2654435761 >> 9)
	}
	network = randomOn(t, b, m, images)
	network.Model = m
	return network, randomOn(t, b, m, images), images
}

// TestSilentMaps: a map whose responses are never above 0 has no pictures, and is named; where no
// map has, that is an error.
func TestSilentMaps(t *testing.T) {
	b := backendtest.CPU(t)
	network, control, images := small(t, b)
	network.Stats[2].Mean[3] = 1e6
	numbers := make([]int, images.N)
	for i := range numbers {
		numbers[i] = 1000 + 7*i
	}
	f, err := Run(context.Background(), network, control, images, Options{Maps: []int{1, 3}, Numbers: numbers}, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Silent) != 1 || f.Silent[0] != 3 || len(f.Network.Shown[1].Pictures) != 0 || len(f.Network.Shown[0].Pictures) == 0 {
		t.Errorf("silent maps %v, pictures %d and %d", f.Silent, len(f.Network.Shown[0].Pictures), len(f.Network.Shown[1].Pictures))
	}
	if got, want := f.Rows()[0].Captions[0], fmt.Sprintf("%d: ", numbers[f.Network.Shown[0].Pictures[0].Image]); !strings.HasPrefix(got, want) {
		t.Errorf("the caption is %q, want the number %q of the image", got, want)
	}
	_, err = Run(context.Background(), network, control, images, Options{Maps: []int{3}}, b, nil)
	if err == nil || !strings.Contains(err.Error(), "map 3 does not respond to these images") {
		t.Errorf("one silent map: error %v", err)
	}
}

// TestConstantImages: images of one grey have no contrast to go with, which is said in words.
func TestConstantImages(t *testing.T) {
	b := backendtest.CPU(t)
	network, control, images := small(t, b)
	for i := range images.Data {
		images.Data[i] = 90
	}
	f, err := Run(context.Background(), network, control, images, Options{Maps: []int{0, 1, 2, 3}}, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(f.Result())
	if err != nil {
		t.Fatal(err)
	}
	if s := string(data); strings.Contains(s, "NaN") || !strings.Contains(s, "there is no correlation with contrast") || strings.Contains(s, `"selectivity":{`) {
		t.Errorf("%s", s)
	}
}

// TestRandomIsNotItself: the control of random weights has other weights.
func TestRandomIsNotItself(t *testing.T) {
	a, _ := dcgan.NewArch("svhn32", 2)
	m := dcgan.NewModel(a, 1)
	of, err := m.DiscriminatorHash(false)
	if err != nil {
		t.Fatal(err)
	}
	control, err := RandomNetwork(m, 1).DiscriminatorHash(false)
	if err != nil || of == control {
		t.Errorf("the control has the weights of the network (%v)", err)
	}
}

func TestOptionErrors(t *testing.T) {
	a, _ := dcgan.NewArch("svhn32", 2)
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Layer: "conv9"}, `no layer "conv9": the discriminator of svhn32 has conv1, conv2, conv3`},
		{Options{Maps: []int{8}}, "no map 8: conv3 has the maps 0 to 7"},
		{Options{Maps: []int{-1}}, "no map -1"},
		{Options{Maps: []int{1, 1}}, "map 1 is named twice"},
		{Options{Rule: "guided"}, `unknown rule "guided": use one of relu, leaky, deconvnet, saliency`},
		{Options{Top: -1}, "must be positive"},
		{Options{ScoreMaps: -1}, "must be positive"},
	} {
		if _, err := tt.o.resolve(a); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want %q", tt.o, err, tt.want)
		}
	}
}

func TestInterrupted(t *testing.T) {
	b := backendtest.CPU(t)
	network, control, images := small(t, b)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, network, control, images, Options{}, b, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
