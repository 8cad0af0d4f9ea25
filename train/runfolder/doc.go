// Package runfolder reads and writes the files of a training's run folder, and is the only
// place that knows their names and formats.
//
//	config.json      the options, a JSON object whose fields depend on the model
//	metrics.jsonl    one line per logged step
//	checkpoints/     step-00000500/ and so on; the caller decides their contents
//	samples/         step-0000500.png and so on
//	log.txt          when the training began, was resumed and ended
//	.lock            held while a process trains
package runfolder
