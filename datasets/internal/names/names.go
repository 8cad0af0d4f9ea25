// Package names checks the names of image files and classes: features, records and
// keep-lists store them as UTF-8, one per line.
package names

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"repbench/datasets/internal/archive"
)

// convmv is the command that renames files on disk.
const convmv = `"convmv -f CODE -t utf8 -r --notest FOLDER" renames all in a folder, CODE being what the names are in, such as gbk, cp932 or latin1`

// File returns an error for the name of an image that could not be shown and stored as it is.
// Names of classes are made of it, and files hold one name per line.
func File(e archive.Entry) error {
	switch {
	case e.Doubt != "":
		return errors.New(e.Doubt)
	case !utf8.ValidString(e.Name) && e.Stored == "":
		return errors.New("the name of the file, or of a folder above it, is not UTF-8; " + convmv)
	case !utf8.ValidString(e.Name):
		return errors.New("the name in the archive is not UTF-8; unpack the archive, rename what is in it (" + convmv + "), and give the folder or pack it again")
	case strings.ContainsAny(e.Name, "\r\n"):
		return errors.New("the name has a line break in it; rename the file or its folder")
	case strings.Contains(e.Name, `\`):
		return errors.New(`the name has "\" in it, as where an archive from Windows was unpacked without its folders; ` +
			`give the archive itself or unpack it with another program, or rename the file or its folder`)
	}
	return nil
}

// Classes returns an error for class names that are not UTF-8, and for two names that
// are equal or that consist of the same letters in different Unicode characters (é is one
// character on Linux and Windows, and e with an accent on macOS).
func Classes(classes []string) error {
	seen := make(map[string]string, len(classes))
	for _, c := range classes {
		if !utf8.ValidString(c) {
			return fmt.Errorf("the class name %q is not UTF-8; write it in UTF-8", c)
		}
		form := norm.NFC.String(c)
		if other, ok := seen[form]; ok {
			return fmt.Errorf("the classes %s and %s have the same name; rename one of them, or give both the same characters",
				strconv.QuoteToASCII(other), strconv.QuoteToASCII(c))
		}
		seen[form] = c
	}
	return nil
}

// Titles returns an error for readable names that are not UTF-8.
func Titles(titles []string) error {
	if i := slices.IndexFunc(titles, func(t string) bool { return !utf8.ValidString(t) }); i >= 0 {
		return fmt.Errorf("the readable class name %q is not UTF-8; write it in UTF-8", titles[i])
	}
	return nil
}
