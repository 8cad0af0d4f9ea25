// Package comparison sets the results on one data set beside one another and beside published
// ones: figures of accuracies, layers and numbers of labels, and the paper's tables.
package comparison
