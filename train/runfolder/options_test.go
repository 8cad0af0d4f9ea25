package runfolder

import "testing"

// A new field with a zero default, or another value of a free field, changes no hash; any other
// difference does.
func TestOptionsHash(t *testing.T) {
	type older struct {
		Seed  int `json:"seed"`
		Steps int `json:"steps"`
	}
	type newer struct {
		Channels int `json:"channels,omitempty"`
		Seed     int `json:"seed"`
		Steps    int `json:"steps"`
	}
	hash := func(c any) string {
		t.Helper()
		h, err := OptionsHash(c, "steps")
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	want := hash(older{Seed: 3, Steps: 10})
	for _, same := range []any{newer{Seed: 3, Steps: 10}, older{Seed: 3, Steps: 20}} {
		if hash(same) != want {
			t.Errorf("%+v has another hash", same)
		}
	}
	for _, differs := range []any{newer{Seed: 3, Channels: 1}, older{Seed: 4}} {
		if hash(differs) == want {
			t.Errorf("%+v has the same hash", differs)
		}
	}
}
