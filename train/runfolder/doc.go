// Package runfolder reads and writes the files of a training's run folder, and is the only
// place that knows their names and formats.
//
//	config.json      the options, as the type of the model that is trained
//	metrics.jsonl    one line per logged step
//	checkpoints/     step-00000500/ and so on; what is in them is up to the caller
//	samples/         step-0000500.png and so on
//	log.txt          when the training began, went on and ended
//	.lock            held while a process trains
package runfolder
