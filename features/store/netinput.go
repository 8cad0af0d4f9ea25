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
	// Resize is how images of another size are resampled, "bilinear" or "bicubic";
	// "" if they are refused.
	Resize string `json:"resize,omitempty"`
	// Output is the name of the value that is taken; "" means the first output
	// until the file is open.
	Output string `json:"output"`
	// Token is the one taken of a sequence [N, tokens, D]; nil: all are pooled.
	Token *int `json:"token,omitempty"`
}
