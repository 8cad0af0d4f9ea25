// Package verdicts writes what package gate decided in the forms that people and machines read: JUnit,
// Markdown, annotations and the step summary of GitHub, and a web page with the interval of each cell's
// drop against the margin. It also draws trends over commits. It decides nothing itself.
package verdicts
