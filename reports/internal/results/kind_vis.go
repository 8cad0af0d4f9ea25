package results

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"
	"strings"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
	"repbench/vis"
)

// visKind is a figure that looks inside a network.
func visKind() kind {
	return kindOf(func(r *vis.Result) View { return visView{r} })
}

// KindVis is the kind of figures that look inside a network.
const KindVis = vis.Kind

// VisOf is the figure that a record holds, an empty one where it holds none.
func VisOf(r record.Record) *vis.Result {
	if v, err := record.Decode[vis.Result](r); err == nil {
		return v
	}
	return &vis.Result{}
}

// visView shows a figure.
type visView struct{ r *vis.Result }

func (v visView) check() error { return v.r.Check() }

func (v visView) Outcome(record.Record) Outcome {
	o := unknown(KindVis)
	o.Protocol, o.Name = v.name(), v.name()
	o.Warnings, o.FitSeconds = slices.Clone(v.r.Warnings), v.r.Seconds
	if len(v.r.Scores) > 0 {
		o.NTest = v.r.Scores[0].N
	}
	return o
}

// name is the figure's in a report: "vis walk".
func (v visView) name() string { return "vis " + format.Text(v.r.Figure, 40) }

// headlineScores is the number of scores among the tiles.
const headlineScores = 4

func (v visView) Headline(Outcome) page.Tiles {
	var out page.Tiles
	for _, s := range v.r.Scores[:min(len(v.r.Scores), headlineScores)] {
		t := page.Tile{Label: ScoreName(s), Value: format.Number(rounded(s.Value)), Detail: "no control"}
		if s.Control != nil {
			t.Detail = "control: " + format.Number(rounded(*s.Control))
		}
		out = append(out, t)
	}
	return out
}

func (v visView) Sentence(record.Record, Outcome) string { return format.Text(v.r.Says, 1000) }

func (v visView) Facts(add func(key, value string)) {
	for _, s := range v.r.Settings {
		add(settingName(format.Text(s.Name, 40)), format.Text(fmt.Sprint(s.Value), 200))
	}
}

// ScoreName is a score's name in words: "largest step p95".
func ScoreName(s vis.Score) string {
	return format.Text(string(bytes.ReplaceAll([]byte(s.Name), []byte("_"), []byte(" "))), 60)
}

// Limits of a picture of a figure.
const (
	// MaxFigureBytes is the most bytes that are read of a picture of a figure.
	MaxFigureBytes = 8 << 20
	maxFigureSide  = 8192
)

// CleanFigure checks a picture of a figure and writes it anew, so that a report holds its pixels
// and nothing else.
func CleanFigure(b []byte) (clean []byte, w, h int, err error) {
	img, err := readPNG(b, MaxFigureBytes, maxFigureSide, maxFigureSide)
	if err != nil {
		return nil, 0, 0, err
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img); err != nil {
		return nil, 0, 0, fmt.Errorf("png: %w", err)
	}
	return out.Bytes(), img.Bounds().Dx(), img.Bounds().Dy(), nil
}

// settingName is how a setting is named in a table: a flag as one types it, what a run found in words.
func settingName(name string) string {
	if name == "dropped" || strings.Contains(name, "_") {
		return strings.ReplaceAll(name, "_", " ")
	}
	return "--" + name
}
