package gate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// reason is the verdict in a sentence.
func (t *trial) reason(r Rule) string {
	switch {
	case t.Verdict == Regressed && t.worse != "":
		return t.worse
	case t.Kind == Identical:
		return t.identical()
	case t.Kind == Fixed:
		return t.fixed()
	}
	size := t.change()
	paired := ""
	if t.Pairs > 0 {
		size += fmt.Sprintf(" over %d pairs of seeds", t.Pairs)
		paired = "paired by seed; "
	}
	size += fmt.Sprintf(" (%smeans %s → %s of %d + %s)", paired, t.Number(t.base.Mean), t.Number(t.Head.Mean), len(t.base.Values), count(len(t.Head.Values), "seed"))
	switch t.Verdict {
	case Regressed:
		return fmt.Sprintf("%s; p %s, the level is %s", size, pText(t.P), levelText(t.Level))
	case Pass:
		return fmt.Sprintf("%s; the drop is below %s, so below the margin of %s", size, t.Number(*t.Upper), t.withUnit(t.Margin))
	}
	return size + "; " + t.why(r)
}

func (t *trial) identical() string {
	if t.head.Seeds == nil && t.head.Collapsed == nil {
		return "identical: recipe, weights and predictions equal the base's"
	}
	return fmt.Sprintf("identical: recipe, weights and predictions equal the base's (%s)", count(t.head.count(), "seed"))
}

func (t *trial) fixed() string {
	size := fmt.Sprintf("%s (%s → %s)", t.change(), t.Number(t.base.Mean), t.Number(t.Head.Mean))
	d := t.Discordant
	if d == nil {
		if t.Verdict == Regressed {
			return fmt.Sprintf("%s, with nothing random; the tolerance is %s", size, t.withUnit(t.Tolerance))
		}
		return size + fmt.Sprintf(", with nothing random; within the tolerance of %s", t.withUnit(t.Tolerance))
	}
	size += fmt.Sprintf("; of %d test images lost: %d, won: %d", d.Images, len(d.Lost), len(d.Won))
	switch {
	case t.Verdict == Regressed:
		return fmt.Sprintf("%s, p %s, the level is %s", size, pText(t.P), levelText(t.Level))
	case t.Verdict == Open:
		return size + fmt.Sprintf(", p %s; on other images the drop could be %s. More seeds cannot help, as nothing is random; more test images or another margin would",
			pText(t.P), t.withUnit(*t.Upper))
	case !t.beyond(t.Tolerance):
		return size + fmt.Sprintf("; within the tolerance of %s", t.withUnit(t.Tolerance))
	}
	return size + fmt.Sprintf("; on other images the drop is below %s, so below the margin of %s", t.Number(*t.Upper), t.withUnit(t.Margin))
}

// why says what an open seeded cell lacks.
func (t *trial) why(r Rule) string {
	last := r.Looks[len(r.Looks)-1]
	missing := "neither a drop nor its absence is shown"
	switch {
	case t.Look == 0:
		return fmt.Sprintf("judged from %d head seeds on: %s", r.Looks[0], more(t.More))
	case t.More == 0 && t.Target == 0:
		return fmt.Sprintf("%s, and no look is left after %d seeds; a base of more seeds or a larger margin decides it next time", missing, last)
	case t.More == 0:
		return missing
	case t.Advised > t.Target:
		return fmt.Sprintf("%s; %s to the last look at %d, though about %d would be needed", missing, more(t.More), t.Target, t.Advised)
	}
	return fmt.Sprintf("%s; %s to the look at %d (at least %d are enough in 9 of 10 cases)", missing, more(t.More), t.Target, t.Advised)
}

// change is the drop as words.
func (t *trial) change() string {
	d := t.Number(math.Abs(t.Drop))
	switch {
	case d == t.Number(0):
		return "no change"
	case t.Drop > 0:
		return d + t.unit() + " worse"
	}
	return d + t.unit() + " better"
}

func (t *trial) unit() string {
	if t.Unit == "" {
		return ""
	}
	return " " + t.Unit
}

// Number writes a value of the cell: points with two decimals, others with four digits.
func (c *Cell) Number(v float64) string {
	if c.Unit == Points {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func (t *trial) withUnit(v float64) string {
	return strconv.FormatFloat(rounded(v), 'g', -1, 64) + t.unit()
}

// rounded has three decimals.
func rounded(v float64) float64 { return math.Round(v*1000) / 1000 }

func pText(p float64) string {
	if p < 0.0001 {
		return "< 0.0001"
	}
	return "= " + levelText(p)
}

func levelText(p float64) string { return strconv.FormatFloat(p, 'g', 2, 64) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func more(n int) string {
	return strconv.Itoa(n) + " more " + strings.TrimPrefix(count(n, "seed"), strconv.Itoa(n)+" ")
}

// seedList is "1, 2, 5".
func seedList(seeds []uint64) string {
	var out []string
	for _, s := range seeds {
		out = append(out, strconv.FormatUint(s, 10))
	}
	return strings.Join(out, ", ")
}
