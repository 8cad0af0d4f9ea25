// Package classifier computes the Inception score of any classifier from its logits, and the
// accuracy of that classifier.
package classifier
