// Package train is the loop that trains any model, with its checkpoints, optimiser, random
// streams and order of images; package dcgan and package autoencoder use it.
//
// A model provides its arrays in a GoMLX store and one function that performs update number n;
// Loop does the rest in a run folder. Images are uint8 [N, H, W, C] on the host and float32 in
// [-1, 1] in graphs. Functions that build graphs take and return *graph.Node and panic on shape
// bugs, as GoMLX code does; all other functions return errors.
//
// All randomness comes from a seed on the host. Each use has its own stream and, within
// training, each step. The state of a training is therefore its step number and its arrays: a
// run that is killed and started again ends with the same bytes as an uninterrupted run on the
// same backend.
package train
