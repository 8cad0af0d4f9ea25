package features

import "testing"

// The multiply-adds of networks whose layers are known (internal/onnx/testdata/make.py), counted by
// hand; a network is counted up to the outputs that are taken.
func TestMultiplyAdds(t *testing.T) {
	const (
		stem     = 16 * 16 * 8 * 3 * 25
		blockOne = 8*8*8*8*9 + 8*8*8*9 + 8*8*8*8    // 3×3, depthwise, 1×1
		blockTwo = 4*4*12*8*9 + 4*4*12*9 + 4*4*12*8 // at half the size
		patches  = 16 * 24 * 3 * 8 * 8              // of 8×8
		attend   = 17*24*72 + 2*17*17*24 + 17*24*24 // queries, keys, values; two products; out
		mlp      = 2 * 17 * 24 * 48
	)
	for _, tt := range []struct {
		spec string
		want int64
	}{
		{testNet("convnet"), stem + blockOne + blockTwo + 120},
		{testNet("convnet") + ",output=y1", stem + blockOne + blockTwo},
		{testNet("convnet") + ",output=y0+y1", stem + blockOne + blockTwo + 120},
		{testNet("convnet") + ",crop=center,shorter=40", stem + blockOne + blockTwo + 120},
		{testNet("convnet_fixed"), stem + blockOne + blockTwo + 120},
		{testNet("transformer") + ",output=y1", patches + attend + mlp},
		{"random:svhn32,width=1", 16*16*1*3*25 + 8*8*2*1*25 + 4*4*4*2*25},
		{"random:svhn32,width=1,channels=1", 16*16*1*1*25 + 8*8*2*1*25 + 4*4*4*2*25},
	} {
		for _, batch := range []int{1, 3} {
			e := open(t, tt.spec, Options{BatchSize: batch})
			if got := e.net.(interface{ MultiplyAdds() int64 }).MultiplyAdds(); got != tt.want {
				t.Errorf("%s, batch %d: %d multiply-adds, want %d", tt.spec, batch, got, tt.want)
			}
		}
	}
	// Resampling images is no part of the network.
	if got := open(t, testNet("convnet")+",resize=bilinear", Options{}).net.(interface{ MultiplyAdds() int64 }).MultiplyAdds(); got != stem+blockOne+blockTwo+120 {
		t.Errorf("with resampling: %d", got)
	}
}
