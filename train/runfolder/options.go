package runfolder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// ErrDiffers is wrapped by errors about a run folder that was begun with other options.
var ErrDiffers = errors.New("options differ from those the run was begun with")

// fieldDifferences names the fields, by their JSON names, in which two values of one struct
// type differ, except the fields in free.
func fieldDifferences(c, old any, free ...string) []string {
	var diff []string
	a, b := reflect.ValueOf(c), reflect.ValueOf(old)
	for i := range a.NumField() {
		name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if !slices.Contains(free, name) && !reflect.DeepEqual(x, y) {
			diff = append(diff, fmt.Sprintf("%s is %v, was %v", name, x, y))
		}
	}
	sort.Strings(diff)
	return diff
}

// OptionsHash returns the SHA-256 of a configuration's fields that are not free. Fields with
// their zero value are left out, so that a new field with a zero default does not change the
// hashes of older runs.
func OptionsHash(c any, free ...string) (string, error) {
	deciding := map[string]any{}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if !slices.Contains(free, name) && !v.Field(i).IsZero() {
			deciding[name] = v.Field(i).Interface()
		}
	}
	b, err := json.Marshal(deciding) // keys in alphabetical order
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// SameOptions compares the hash of the options that a checkpoint was written with with the hash
// of the run's config.json. Checkpoints of older versions have no hash and are accepted.
func SameOptions(run string, step int64, written, want string) error {
	if written == "" || written == want {
		return nil
	}
	return fmt.Errorf("%s: %w: the checkpoint of step %d was written with other options than %s names; %s, or use another folder",
		run, ErrDiffers, step, configFile, restore)
}
