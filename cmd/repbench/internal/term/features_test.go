package term

import (
	"strings"
	"testing"

	"repbench/features/store"
)

// Speeds and counts are written in full, whatever their size.
func TestFeaturesCost(t *testing.T) {
	for _, tt := range []struct {
		cost store.Cost
		want string
	}{
		{store.Cost{MultiplyAdds: 701_056, ImagesPerSecond: 11_472.3, GFLOPS: 16.0853, PeakRSSBytes: 46e6, Batch: 16},
			"0.7011 million multiply-adds per image, 11472 images/s, 16.09 GFLOP/s, peak memory 46 MB, batch 16\n"},
		{store.Cost{MultiplyAdds: 15_483_862_016, ImagesPerSecond: 0.28941, GFLOPS: 8.9621, PeakRSSBytes: 1.2e9, Batch: 8},
			"15484 million multiply-adds per image, 0.2894 images/s, 8.962 GFLOP/s, peak memory 1200 MB, batch 8\n"},
		{store.Cost{ImagesPerSecond: 7272, PeakRSSBytes: 49e6, Batch: 128}, "  cost   7272 images/s, peak memory 49 MB, batch 128\n"},
	} {
		if got := Features("f", &store.Meta{Cost: &tt.cost}); !strings.HasSuffix(got, tt.want) {
			t.Errorf("got  %swant %s", got, tt.want)
		}
	}
}
