package suite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"repbench/datasets"
	"repbench/features"
	"repbench/internal/nearest"
	"repbench/train/mnistcond"
)

// complete fills in what a suite leaves out and says what is wrong with it. seeds are the suite's own.
func (s *Suite) complete(seeds Seeds, at lines) error {
	if s.Name == "" {
		return errors.New(`the suite needs a name: suite = "NAME" in the first lines`)
	}
	if err := checkName(s.Name); err != nil {
		return err
	}
	if strings.ContainsAny(s.Name, ":=, ") {
		return fmt.Errorf("the suite's name %q: it is a part of file names, so give letters, digits, or . _ - + alone", s.Name)
	}
	if len(s.Data) == 0 || len(s.Protocols) == 0 {
		return errors.New("a suite needs at least one [[data]] and one [[protocol]]")
	}
	for i := range s.Data {
		if err := at.in("data", i, s.Data[i].Name, s.Data[i].complete()); err != nil {
			return err
		}
	}
	for i := range s.Encoders {
		if err := at.in("encoder", i, s.Encoders[i].Name, s.Encoders[i].complete(seeds)); err != nil {
			return err
		}
	}
	for i, p := range s.Protocols {
		if err := at.in("protocol", i, p.Name, checkName(p.Name)); err != nil {
			return err
		}
	}
	if err := s.unique(at); err != nil {
		return err
	}
	s.addSupervised(seeds)
	if len(s.Encoders) == 0 {
		return errors.New("a suite needs at least one [[encoder]], or a protocol of the kind supervised")
	}
	return errors.Join(s.matches(at), s.gated(at))
}

// gated checks the rule of the gate and the protocols that it names.
func (s *Suite) gated(at lines) error {
	var names []string
	for _, p := range s.Protocols {
		names = append(names, p.Name)
	}
	err := s.Gate.Check()
	for name := range s.Gate.Of {
		err = errors.Join(err, has("protocol", name, names))
	}
	return at.in("gate", 0, "", err)
}

// complete checks a data set.
func (d *Data) complete() error {
	if err := checkName(d.Name); err != nil {
		return err
	}
	if d.Spec != "" && d.Path != "" {
		return errors.New("give spec, or path where the name is the name of a known set, not both")
	}
	if d.Seed == 0 {
		d.Seed = 1
	}
	_, err := datasets.ParseSpec(d.spec())
	if err != nil && d.Spec == "" {
		return fmt.Errorf("%w; give spec for a data set with a name of its own", err)
	}
	return err
}

// spec is the specification of a data set.
func (d *Data) spec() string {
	switch {
	case d.Spec != "":
		return d.Spec
	case d.Path != "":
		return d.Name + "=" + d.Path
	}
	return d.Name
}

// complete checks an encoder and gives it the suite's seeds where it has none and needs some.
func (e *Encoder) complete(seeds Seeds) error {
	if err := checkName(e.Name); err != nil {
		return err
	}
	if (e.Spec == "") == (e.Train == nil) {
		return errors.New(`give either spec = "…", an encoder that is there, or train = { … }, the options of a training`)
	}
	if err := e.Features.check(); err != nil {
		return err
	}
	random := true
	if e.Train != nil {
		if err := e.Train.complete(); err != nil {
			return fmt.Errorf("train: %w", err)
		}
	} else {
		random = features.Random(e.Spec)
	}
	switch {
	case e.Train != nil && e.Seeds.None:
		return errors.New(`a training has a seed: leave seeds = "none" out, or give seeds = 1 for one training`)
	case !random && len(e.Seeds.List) > 0:
		return fmt.Errorf("nothing in %s is random, so it has no seeds: leave seeds out", e.Spec)
	case !random:
		e.Seeds = Seeds{None: true}
	case !e.Seeds.given() && !seeds.given():
		return errors.New(`it is random and the suite has no seeds: give seeds = "1..5" in the first lines, or for this encoder`)
	case !e.Seeds.given():
		e.Seeds = seeds
	}
	return nil
}

// unique refuses a name that two have.
func (s *Suite) unique(at lines) error {
	seen := map[string]bool{}
	check := func(table string, i int, name string) error {
		if seen[table+name] {
			return at.in(table, i, name, errors.New("the name is taken by one above; give each its own"))
		}
		seen[table+name] = true
		return nil
	}
	for i, e := range s.Encoders {
		if err := check("encoder", i, e.Name); err != nil {
			return err
		}
	}
	for i, d := range s.Data {
		if err := check("data", i, d.Name); err != nil {
			return err
		}
	}
	for i, p := range s.Protocols {
		if err := check("protocol", i, p.Name); err != nil {
			return err
		}
	}
	return nil
}

// addSupervised adds the encoders that protocols of the kind supervised train themselves.
func (s *Suite) addSupervised(seeds Seeds) {
	if !seeds.given() {
		seeds = Seeds{List: []uint64{1}}
	}
	for _, p := range s.Protocols {
		o, ok := p.Options.(*Supervised)
		if !ok || slices.ContainsFunc(s.Encoders, func(e Encoder) bool { return e.Name == o.encoder() }) {
			continue
		}
		s.Encoders = append(s.Encoders, Encoder{Name: o.encoder(), Spec: o.encoder(), Seeds: seeds})
	}
}

// matches checks the names in [[skip]] and [[only]].
func (s *Suite) matches(at lines) error {
	var encoders, sets, protocols []string
	for _, e := range s.Encoders {
		encoders = append(encoders, e.Name)
	}
	for _, d := range s.Data {
		sets = append(sets, d.Name)
	}
	for _, p := range s.Protocols {
		protocols = append(protocols, p.Name)
	}
	for table, list := range map[string][]Match{"skip": s.Skip, "only": s.Only} {
		for i, m := range list {
			if m == (Match{}) {
				return at.in(table, i, "", errors.New("it names nothing: give encoder, data, protocol or several of them"))
			}
			err := errors.Join(has("encoder", m.Encoder, encoders), has("data", m.Data, sets), has("protocol", m.Protocol, protocols))
			if err != nil {
				return at.in(table, i, "", err)
			}
		}
	}
	return nil
}

// has says that a name is not among the names of a suite.
func has(what, name string, names []string) error {
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	hint := "there are " + strings.Join(names, ", ")
	if near := nearest.Closest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("the suite has no %s %q; %s", what, name, hint)
}

// fits says why a protocol cannot evaluate an encoder.
func fits(e *Encoder, p *Protocol) error {
	k, _ := kindNamed(p.Kind)
	conditional := e.Train != nil && e.Train.Arch == mnistcond.Name
	generator := e.Train != nil && e.Train.Arch != autoencoderArch && !conditional || e.Train == nil && features.WithoutDiscriminator(e.Spec) == ""
	why := ""
	switch {
	case k.need == needFeatures && conditional:
		why = "which evaluates features, and " + mnistcond.Name + " has none"
	case k.need == needGenerator && !generator:
		why = "which needs images that the encoder makes, and it makes none"
	case k.need == needConditional && !conditional:
		why = "which needs a training of " + mnistcond.Name
	}
	if why == "" {
		return nil
	}
	return fmt.Errorf("the protocol %q, %s, does not fit the encoder %q; leave such cells out:\n\n[[skip]]\nencoder = %q\nprotocol = %q", p.Name, why, e.Name, e.Name, p.Name)
}
