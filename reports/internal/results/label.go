package results

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"repbench/reports/internal/format"
	"repbench/reports/record"
)

// Labels are short names of records, each once: the encoder, with what tells it from other records of the same
// encoder, data and protocol. This is the seed of the training or of the random weights, then the seed of the
// evaluation, then a number. An encoder that a suite trained has no name of its own but an identity, so it is named
// by its architecture and its seed.
func Labels(rs []record.Record) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = EncoderName(r)
	}
	for i, r := range rs {
		like := alike(rs, r)
		_, id, trained := suiteTraining(r.Encoder.Spec)
		seed := r.TrainingSeed != nil && (trained || differ(rs, like, trainingSeed))
		if seed {
			out[i] += fmt.Sprintf(", seed %d", *r.TrainingSeed)
			like = slices.DeleteFunc(like, func(j int) bool { return trainingSeed(rs[j]) != trainingSeed(r) })
		}
		if trained && differ(rs, like, func(o record.Record) string { return o.Encoder.Spec }) {
			out[i] += fmt.Sprintf(" (%.6s)", id)
			like = slices.DeleteFunc(like, func(j int) bool { return rs[j].Encoder.Spec != r.Encoder.Spec })
		}
		if differ(rs, like, evaluationSeed) {
			of := map[bool]string{true: ", evaluation seed %d", false: ", seed %d"}[seed]
			out[i] += fmt.Sprintf(of, r.Seed)
			like = slices.DeleteFunc(like, func(j int) bool { return rs[j].Seed != r.Seed })
		}
		if len(like) > 1 {
			out[i] += fmt.Sprintf(" (%d of %d)", slices.Index(like, i)+1, len(like))
		}
	}
	return out
}

// EncoderName is the encoder of a record for people.
func EncoderName(r record.Record) string { return nameOf(r, r.Encoder.Spec) }

// GeneratorName is what made the images of a record, under the name that the record gives it, for people.
func GeneratorName(r record.Record, name string) string {
	out := nameOf(r, name)
	if _, _, ok := suiteTraining(name); ok && r.TrainingSeed != nil {
		out += fmt.Sprintf(", seed %d", *r.TrainingSeed)
	}
	return out
}

// nameOf is the name of a record's encoder or generator. The architecture stands for a training of a suite, and the
// file's name for the path of a network: the folder says little and takes the room of the settings.
func nameOf(r record.Record, name string) string {
	if kind, _, ok := suiteTraining(name); ok && name == r.Encoder.Spec && r.Encoder.Architecture != "" {
		name = kind + ":" + r.Encoder.Architecture
	}
	if file, ok := strings.CutPrefix(name, "onnx:"); ok {
		path, settings, _ := strings.Cut(file, ",")
		name = strings.TrimSuffix("onnx:"+filepath.Base(path)+","+settings, ",")
	}
	return format.Text(name, 60)
}

// trainingOf matches the encoder of a training in the folder of a suite, such as "dcgan:trainings/0123456789abcdef".
var trainingOf = regexp.MustCompile(`^([a-z]+):(?:.*/)?trainings/([0-9a-f]{16})$`)

// suiteTraining are the kind of an encoder that a suite trained, and the identity of its training; ok is false for
// all other encoders.
func suiteTraining(spec string) (kind, id string, ok bool) {
	m := trainingOf.FindStringSubmatch(spec)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// trainingSeed is the seed of a record's training or random weights as text; "" where there is none.
func trainingSeed(r record.Record) string {
	if r.TrainingSeed == nil {
		return ""
	}
	return fmt.Sprint(*r.TrainingSeed)
}

// evaluationSeed is the seed of a record's evaluation as text.
func evaluationSeed(r record.Record) string { return fmt.Sprint(r.Seed) }

// differ reports whether records at some places differ in a property.
func differ(rs []record.Record, places []int, property func(record.Record) string) bool {
	return slices.ContainsFunc(places, func(i int) bool { return property(rs[i]) != property(rs[places[0]]) })
}

// alike are the places of the records that look like r in a table, r among them.
func alike(rs []record.Record, r record.Record) (places []int) {
	for i, o := range rs {
		if EncoderName(o) == EncoderName(r) && o.Data.Name == r.Data.Name && o.Kind() == r.Kind() && Of(o).Name == Of(r).Name {
			places = append(places, i)
		}
	}
	return places
}

// Groups are the places of the records of each data set, in order.
func Groups(rs []record.Record) [][]int {
	var out [][]int
	for i, r := range rs {
		if i == 0 || rs[i-1].Data.Name != r.Data.Name {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], i)
	}
	return out
}

// DataName is the name of a record's data set.
func DataName(r record.Record) string {
	if r.Data.Name == "" {
		return "unnamed data"
	}
	return format.Text(r.Data.Name, 60)
}

// SectionID is the ID of the section of result n, from 1.
func SectionID(n int) string { return fmt.Sprintf("result-%d", n) }
