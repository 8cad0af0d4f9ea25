// Package tfevents encodes scalars as records of a TensorBoard event file. No Go library that writes
// this format is maintained, and its scalars need little of it.
//
// An event file is a sequence of records (TFRecord, tensorflow/core/lib/io/record_writer.h):
//
//	uint64 length                  little-endian
//	uint32 mask(crc32c(length))
//	byte   data[length]
//	uint32 mask(crc32c(data))      mask(c) = rotr(c, 15) + 0xa282ead8
//
// Each record's data is a protocol buffer Event (tensorflow/core/util/event.proto), of which these
// fields occur:
//
//	double   wall_time = 1         seconds since 1970
//	int64    step = 2
//	string   file_version = 3      "brain.Event:2", in the first record alone
//	Summary  summary = 5           repeated Value value = 1 {string tag = 1, float simple_value = 2}
//	SessionLog session_log = 7     {status = 1: START = 1}
//
// A START of step n tells a running TensorBoard to forget what it read of the steps from n on. Values
// are float32.
package tfevents
