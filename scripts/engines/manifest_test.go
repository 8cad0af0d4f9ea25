package engines

import (
	"context"
	"testing"

	"go.yaml.in/yaml/v3"

	"repbench/benchmarks/launch"
	"repbench/benchmarks/suite"
)

// exampleManifest is the manifest of a suite, with an image and a claim where the suite has none.
func exampleManifest(t *testing.T, path string) string {
	t.Helper()
	s, err := suite.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	o := suite.Kubernetes{Image: "repbench:test", Claim: "bench"}
	if s.Engine.Kubernetes != nil {
		o = *s.Engine.Kubernetes
	}
	o.Namespace, o.Mount = "default", "/bench"
	k := launch.Kubernetes{Work: launch.Work{Suite: s.Name, Out: "/bench/out"}, Options: o}
	text, err := k.Export(context.Background(), []int{0, 1, 2, 5})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return text
}

// kubeObject is what the tests read of a manifest.
type kubeObject struct {
	Metadata struct {
		Name string `yaml:"name"`
	} `yaml:"metadata"`
}

func (b *bench) kube(manifest string) kubeObject {
	b.t.Helper()
	var o kubeObject
	if err := yaml.Unmarshal([]byte(manifest), &o); err != nil {
		b.t.Fatal(err)
	}
	return o
}
