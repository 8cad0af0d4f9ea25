package netfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxToken limits the numbers of tokens.
const maxToken = 1 << 20

// Names of what is taken of a sequence.
const (
	tokenClass = "cls"
	tokenMean  = "mean"
)

// setTokens reads what is taken of a sequence: K, cls, mean, or several of them joined by "+".
func (in *Input) setTokens(value string) error {
	var list []string
	for _, t := range strings.Split(value, "+") {
		if t != tokenClass && t != tokenMean {
			k, err := parseWhole(t, 0, maxToken)
			if err != nil {
				return fmt.Errorf("%w, %s or %s", err, tokenClass, tokenMean)
			}
			t = strconv.Itoa(k)
		}
		if slices.Contains(list, t) {
			return fmt.Errorf("%s is given twice", t)
		}
		list = append(list, t)
	}
	if len(list) == 1 && list[0] != tokenMean {
		in.Token = new(tokenNumber(list[0]))
		return nil
	}
	in.Tokens = list
	return nil
}

// tokenNumber is the number of a token; the class token is the first.
func tokenNumber(t string) int {
	k, _ := strconv.Atoi(t)
	return k
}

// taken are the names of what is taken of a sequence, nil where it is pooled.
func (in *Input) taken() []string {
	if in.Token != nil {
		return []string{strconv.Itoa(*in.Token)}
	}
	return in.Tokens
}

// settlePatches takes the default of patches, and refuses it where it says nothing.
func (in *Input) settlePatches() error {
	switch mean := slices.Contains(in.Tokens, tokenMean); {
	case mean && in.Patches == nil:
		in.Patches = new(1)
	case !mean && in.Patches != nil:
		return errors.New("patches= is the number of tokens before the first patch for token=mean, which is not asked for")
	}
	return nil
}
