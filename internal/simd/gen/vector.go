package main

func vectorKernels() {}
