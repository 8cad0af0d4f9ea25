package forget

import "errors"

var (
	// ErrBox is wrapped by errors about a box that is not in an image, or holds no cell.
	ErrBox = errors.New("box")
	// ErrOneClass is wrapped if the cells are all inside boxes, so that nothing can be told apart.
	ErrOneClass = errors.New("boxes in one class only")
	// ErrNoMap is wrapped if no map has a positive weight, so that there is nothing to drop.
	ErrNoMap = errors.New("no map has a positive weight")
	// ErrLayer is wrapped by errors about a layer that the generator does not have.
	ErrLayer = errors.New("layer")
	// ErrMaps is wrapped by errors about maps to drop that the layer does not have, or that are named
	// twice.
	ErrMaps = errors.New("maps to drop")
	// ErrNeedsBoxes is wrapped if nothing says where the object is: boxes are found only in
	// images of a model that was trained on the set shapes.
	ErrNeedsBoxes = errors.New("boxes are needed")
)
