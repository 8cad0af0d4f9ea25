package engine

func lowerTranspose(*compiler, *Op) (bool, error)    { return false, nil }
func lowerBroadcast(*compiler, *Op) (bool, error)    { return false, nil }
func lowerSlice(*compiler, *Op) (bool, error)        { return false, nil }
func lowerReverse(*compiler, *Op) (bool, error)      { return false, nil }
func lowerConcatenate(*compiler, *Op) (bool, error)  { return false, nil }
func lowerPad(*compiler, *Op) (bool, error)          { return false, nil }
func lowerReduceWindow(*compiler, *Op) (bool, error) { return false, nil }
func lowerConv(*compiler, *Op) (bool, error)         { return false, nil }
func lowerDot(*compiler, *Op) (bool, error)          { return false, nil }
