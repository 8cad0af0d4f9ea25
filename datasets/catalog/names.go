package catalog

// Names of the sets that can be opened.
const (
	NameCIFAR10      = "cifar10"
	NameCIFAR100     = "cifar100"
	NameSVHN         = "svhn"
	NameMNIST        = "mnist"
	NameEMNIST       = "emnist"
	NameSTL10        = "stl10"
	NameImageNet     = "imagenet"
	NameTinyImageNet = "tiny-imagenet"
	NameLSUN         = "lsun"
	NameFaces        = "faces"
	NameFolder       = "folder"
	NameShapes       = "shapes"
	NamePrepared     = "prepared"
)

// EMNISTSplits are the splits of EMNIST (Cohen et al. 2017, arXiv 1702.05373); each is a
// separate set.
var EMNISTSplits = []string{"balanced", "byclass", "bymerge", "digits", "letters", "mnist"}

// LSUNCategories are the scenes of LSUN, followed by its objects.
var LSUNCategories = []string{
	"bedroom", "bridge", "church_outdoor", "classroom", "conference_room", "dining_room", "kitchen", "living_room", "restaurant", "tower",
	"airplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "dining_table", "dog", "horse", "motorbike",
	"person", "potted_plant", "sheep", "sofa", "train", "tv-monitor",
}

const (
	// CIFARCoarse is the variant of CIFAR-100 with the 20 superclasses.
	CIFARCoarse = "coarse"
	// SVHNExtra is the variant that requires the extra images.
	SVHNExtra = "extra"
)
