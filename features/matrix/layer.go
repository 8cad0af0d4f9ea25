package matrix

// Layer is a range of columns of a feature matrix.
type Layer struct {
	// Name is "conv1", "conv2", … or "pixels".
	Name string `json:"name"`
	// Columns are [first, end) in the matrix.
	Columns [2]int `json:"columns"`
	// Height, Width and Channels are the shape behind the columns, in this order.
	Height int `json:"height"`
	// Width is the number of columns of the grid.
	Width int `json:"width"`
	// Channels is the number of values of each position.
	Channels int `json:"channels"`
}
