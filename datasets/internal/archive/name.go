package archive

import (
	"errors"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// repack is the next step for an archive whose names are refused.
const repack = "such an archive is not read; pack the folder of images again (\"cd FOLDER && tar -cf SET.tar .\"), " +
	"or unpack the archive with a program that keeps all within one folder, and give that folder"

// errLeadsOut is the error about a name outside of its archive's own folder.
var errLeadsOut = errors.New("the name leads out of the archive; " + repack)

// cleanName converts the name in an archive to the name of an entry, and reports whether it
// ends like the name of a folder. Backslashes are separators, see slashed. Names that lead out
// of the archive's own folder are refused: no correct archive has them, although they could do
// no harm, since nothing is unpacked.
func cleanName(name string, onWindows bool) (clean string, isDir bool, err error) {
	if name, err = slashed(name, onWindows); err != nil {
		return "", false, err
	}
	if strings.HasPrefix(name, "/") || !filepath.IsLocal(filepath.FromSlash(path.Clean(name))) {
		return "", false, errLeadsOut
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return "", false, errors.New("the name has \"..\" in it; " + repack)
		}
	}
	if clean = path.Clean(name); clean == "." {
		return "", false, nil
	}
	return clean, strings.HasSuffix(name, "/"), nil
}

// Hidden reports whether a name, or a folder in it, starts with a dot or is the folder that
// macOS adds to archives.
func Hidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}

// slashed replaces backslashes, with which programs on Windows separate folders, by slashes.
// onWindows reports that the archive was made on a system where no file name contains a
// backslash. Otherwise a name with both separators is ambiguous and is refused. A name that is
// not UTF-8 is not changed: in Shift-JIS and GBK a backslash may be half of a letter.
func slashed(name string, onWindows bool) (string, error) {
	if !strings.Contains(name, `\`) || !utf8.ValidString(name) {
		return name, nil
	}
	if len(name) > 2 && name[1] == ':' && name[2] == '\\' {
		return "", errLeadsOut
	}
	if !onWindows && strings.Contains(strings.TrimRight(strings.TrimPrefix(name, "./"), "/"), "/") {
		return "", errors.New(`the name has both "/" and "\", and nothing says whether "\" separates folders or belongs to a file's name; ` +
			`unpack the archive where "\" belongs to names (Linux or macOS), rename the file without "\", and give the folder or pack it again`)
	}
	return strings.ReplaceAll(name, `\`, "/"), nil
}
