package shapes

// RGB is a colour: red, green and blue, each 0 … 255.
type RGB [3]uint8

// Luma returns the brightness of the colour in [0, 255] (ITU-R BT.601 weights,
// rounded down).
func (c RGB) Luma() int {
	return (299*int(c[0]) + 587*int(c[1]) + 114*int(c[2])) / 1000
}

// Box is a rectangle of pixels, half-open: columns X0 … X1-1, rows Y0 … Y1-1.
// The zero Box is empty.
type Box struct {
	X0 int `json:"x0"` // first column
	Y0 int `json:"y0"` // first row
	X1 int `json:"x1"` // column behind the last
	Y1 int `json:"y1"` // row behind the last
}

// Factors is everything that decides an image. Lengths are relative to the side of the image; x
// runs to the right and y down; angles are in degrees, clockwise as seen. Render accepts any
// values; the ranges below are those that Generate draws from.
type Factors struct {
	// Class is the shape of the object, an index into ClassNames. For other values no object is
	// drawn.
	Class int32 `json:"class"`
	// Color is the colour of the object. Its luma differs by at least MinContrast from the luma
	// of both background colours.
	Color RGB `json:"color"`
	// X is the horizontal centre of the object's circumscribed circle, 0.5 ± MaxShift. The
	// circle is inside the image.
	X float64 `json:"x"`
	// Y is the vertical centre of that circle, 0.5 ± MaxShift.
	Y float64 `json:"y"`
	// Size is the diameter of that circle, MinSize to MaxSize.
	Size float64 `json:"size"`
	// Rotation is the turn of the object about its centre, -MaxRotation to MaxRotation.
	Rotation float64 `json:"rotation"`
	// Box bounds the object, in pixels. Render does not read it.
	Box Box `json:"box"`

	// Background is the texture behind the object.
	Background Texture `json:"background"`
	// Window is the second object.
	Window Window `json:"window"`
	// Noise is added to every pixel at the end.
	Noise Noise `json:"noise"`
}

// Ranges of the factors that Generate draws. Lengths are relative to the side of
// the image, angles in degrees.
const (
	MinSize     = 0.42 // diameter of the object, smallest
	MaxSize     = 0.70 // and largest
	MaxShift    = 0.15 // largest distance of the object's centre from the middle, in x and in y
	MaxRotation = 25   // largest turn of the object to either side
	MinContrast = 40   // smallest difference of luma between object and background
	MinWindow   = 0.20 // width and height of the window, smallest
	MaxWindow   = 0.30 // and largest
	MinNoise    = 1    // standard deviation of the noise in grey levels, smallest
	MaxNoise    = 5    // and largest
)

// Texture is a background made of one or two colours.
type Texture struct {
	// Kind is the pattern.
	Kind Kind `json:"kind"`
	// A is the first colour; a plain background is all A.
	A RGB `json:"a"`
	// B is the second colour.
	B RGB `json:"b"`
	// Angle is the direction in which the colours alternate, 0 to 360; blobs
	// ignore it.
	Angle float64 `json:"angle"`
	// Period is the length of one repetition, or the size of a blob. A gradient
	// ignores it.
	Period float64 `json:"period"`
	// PhaseX and PhaseY shift the pattern, in periods, 0 to 1.
	PhaseX float64 `json:"phase_x"`
	PhaseY float64 `json:"phase_y"`
	// Seed selects the pattern of blobs.
	Seed uint32 `json:"seed"`
}

// Window is a small bright rectangle with a frame and a cross, upright, drawn over the object.
// It does not cover the middle of the object. A window that would extend beyond the image is
// moved inside.
type Window struct {
	// Present reports whether there is a window; otherwise the other fields are zero.
	Present bool `json:"present"`
	// X and Y are its centre, Width and Height its sides, MinWindow to MaxWindow. Box holds the
	// rounded, whole pixels.
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	// Color is the colour of the panes; frame and cross are a darker tone of it.
	Color RGB `json:"color"`
	// Box bounds the window, in pixels. Render does not read it.
	Box Box `json:"box"`
}

// Noise is independent noise on every value of every pixel.
type Noise struct {
	// Sigma is the standard deviation in grey levels, MinNoise to MaxNoise.
	Sigma float64 `json:"sigma"`
	// Seed selects the noise. No two images of one Set share it.
	Seed uint32 `json:"seed"`
}

// WithBoxes returns f with the boxes of both objects in an image of size×size pixels, for
// factors that were changed or are drawn at another size. An object that is absent, or outside
// the image, has an empty box.
func (f Factors) WithBoxes(size int) Factors {
	f.Box = newOutline(size, f).box()
	f.Window.Box = Box{}
	if f.Window.Present {
		f.Window.Box = newPane(size, f.Window).box
	}
	return f
}
