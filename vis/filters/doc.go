// Package filters shows what the maps of a DCGAN's discriminator respond to: the images with the
// largest responses of a map and, by guided backpropagation, the parts of them that the response
// comes from, cropped to the receptive field of the unit; beside them the same of a network of the
// same shape with random weights.
//
// A response is the output of a convolution layer after its activation at the position where it is
// largest in an image. A picture is the gradient of this one unit with respect to the image, by a
// dcgan.Rule. Three scores stand beside the same scores of the random network:
//
//	correlation   mean over pictures of Pearson's correlation of Σ_channels |gradient| with the
//	              local contrast of the image (length of the gradient of its grey levels, by central
//	              differences), over the pixels of the receptive field
//	selectivity   mean over maps of (mean of the top responses − mean of all)/standard deviation
//	kurtosis      mean over maps of the kurtosis of the responses of all images (Gaussian: 3)
//
// Networks and images are plain data; only Run uses a backend.
package filters
