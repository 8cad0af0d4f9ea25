package features

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"repbench/internal/outputs"
)

// Reads are the files and folders that Open and OpenModel read for a specification, so that no
// output replaces one of them. Files of run folders are not among them: runfolder.Protects guards
// these wherever they lie.
func Reads(spec string) outputs.Reads {
	k, text := kindOf(spec)
	switch k.name {
	case kindTheano:
		return outputs.Reads{Folders: []outputs.Folder{{Path: text, Kind: "folder of released weights", Owns: func(name string, _ bool) bool {
			return strings.Contains(name, "_params.jl")
		}}}}
	case kindONNX:
		file, _, _ := strings.Cut(text, ",")
		return outputs.Reads{Files: []string{file}, Folders: []outputs.Folder{{Path: filepath.Dir(file), Kind: "folder of the network", Owns: outsideTensors}}}
	}
	return outputs.Reads{}
}

// outsideTensors says whether a file beside a network has a name that programs give to the tensors
// which they store outside of it.
func outsideTensors(name string, there bool) bool {
	return there && slices.Contains([]string{".data", ".onnx_data", ".bin", ".weights", ".onnx"}, path.Ext(name))
}
