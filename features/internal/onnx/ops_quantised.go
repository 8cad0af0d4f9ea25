package onnx

// quantisedOps compute with quantised numbers.
var quantisedOps = map[string]operator{}
