package store

// NetInput says how images enter a network that a user brought, and what is
// taken from it. All of it decides the features, so it is part of their key.
type NetInput struct {
	// Height is the height of the network's input in pixels.
	Height int `json:"height"`
	// Width is the width of the input in pixels.
	Width int `json:"width"`
	// Channels is the number of channels of the input.
	Channels int `json:"channels"`
	// Layout is the order of the axes in the file, "nchw" or "nhwc".
	Layout string `json:"layout"`
	// Color is the order of the channels: "rgb"; "bgr"; or "grey", where grey
	// images fill all channels alike.
	Color string `json:"color"`
	// A pixel value x of channel c (0 to 255) enters as (Scale·x - Mean[c]) / Std[c].
	// The channels are counted in the network's order. Scale is 0 until the file is
	// open unless it is given: 1/255, or 1 for an input of integers, which get the
	// pixel values themselves, less a whole mean.
	Scale float64 `json:"scale"`
	// Mean has an element per channel.
	Mean []float64 `json:"mean"`
	// Std has an element per channel.
	Std []float64 `json:"std"`
	// Resize is how images of another size are resampled, "bilinear", "bicubic" or
	// "nearest"; "" if they are refused.
	Resize string `json:"resize,omitempty"`
	// Preset is the name under which the settings below were asked for. It is no part of
	// the key, since they are.
	Preset string `json:"preset,omitempty"`
	// Shorter is what the shorter side of an image is resized to before the middle is
	// kept; 0: the whole image is resized to the network's size.
	Shorter int `json:"shorter,omitempty"`
	// Crop is "center" where the middle is kept.
	Crop string `json:"crop,omitempty"`
	// Rules says whose rounding of the crop's offset is followed: "" torchvision's,
	// "transformers".
	Rules string `json:"rules,omitempty"`
	// Antialias is "no" where shrinking does not widen the filter.
	Antialias string `json:"antialias,omitempty"`
	// Round is "8bit" where resampled pixels are rounded as images of 8 bits, "none"
	// where a crop is not; "" without a crop: not.
	Round string `json:"round,omitempty"`
	// Output is the name of the value that is taken, or names joined by "+"; "" means
	// the first output until the file is open.
	Output string `json:"output"`
	// Token is the one taken of a sequence [N, tokens, D]; nil: all are pooled.
	Token *int `json:"token,omitempty"`
	// Tokens are what is taken of a sequence where that is not one token: the numbers of
	// tokens, "cls" and "mean", the mean of the tokens from Patches on.
	Tokens []string `json:"tokens,omitempty"`
	// Patches is the number of tokens before the first patch; nil where Tokens has no mean.
	Patches *int `json:"patches,omitempty"`
}
