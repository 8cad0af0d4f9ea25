package tfevents

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Prefix begins the name of each event file; TensorBoard looks for it.
const Prefix = "events.out.tfevents."

// version is the content of the first record.
const version = "brain.Event:2"

// Numbers of fields, see the package comment.
const (
	eventWallTime    protowire.Number = 1
	eventStep        protowire.Number = 2
	eventFileVersion protowire.Number = 3
	eventSummary     protowire.Number = 5
	eventSessionLog  protowire.Number = 7

	summaryValue     protowire.Number = 1
	valueTag         protowire.Number = 1
	valueSimple      protowire.Number = 2
	sessionLogStatus protowire.Number = 1
)

// statusStart is SessionLog.START.
const statusStart = 1

// Scalar is a named number.
type Scalar struct {
	// Tag names the curve, Value is its number at a step.
	Tag   string
	Value float64
}

// Begin returns the records that begin a file: its version, and that what an earlier file says of
// the steps from first on no longer counts.
func Begin(at time.Time, first int64) []byte {
	v := protowire.AppendString(protowire.AppendTag(event(at, 0), eventFileVersion, protowire.BytesType), version)
	status := protowire.AppendVarint(protowire.AppendTag(nil, sessionLogStatus, protowire.VarintType), statusStart)
	start := protowire.AppendBytes(protowire.AppendTag(event(at, first), eventSessionLog, protowire.BytesType), status)
	return append(record(v), record(start)...)
}

// Scalars returns the record of the scalars of a step.
func Scalars(at time.Time, step int64, values []Scalar) []byte {
	var summary []byte
	for _, s := range values {
		v := protowire.AppendString(protowire.AppendTag(nil, valueTag, protowire.BytesType), s.Tag)
		v = protowire.AppendFixed32(protowire.AppendTag(v, valueSimple, protowire.Fixed32Type), math.Float32bits(float32(s.Value)))
		summary = protowire.AppendBytes(protowire.AppendTag(summary, summaryValue, protowire.BytesType), v)
	}
	return record(protowire.AppendBytes(protowire.AppendTag(event(at, step), eventSummary, protowire.BytesType), summary))
}

// event is an Event with its time and step.
func event(at time.Time, step int64) []byte {
	b := protowire.AppendFixed64(protowire.AppendTag(nil, eventWallTime, protowire.Fixed64Type), math.Float64bits(float64(at.Unix())+float64(at.Nanosecond())/1e9))
	if step == 0 { // the default
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, eventStep, protowire.VarintType), uint64(step))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of a record, masked so that the checksum of data that hold checksums is sound.
func masked(data []byte) uint32 {
	return bits.RotateLeft32(crc32.Checksum(data, castagnoli), -15) + 0xa282ead8
}

// record frames the data of a record.
func record(data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	return binary.LittleEndian.AppendUint32(append(b, data...), masked(data))
}
