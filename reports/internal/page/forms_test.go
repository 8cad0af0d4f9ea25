package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	b, err := HTML(someDocument(t, 12))
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		"<title>A title</title>", "It goes on.", `<aside class="warning">`, `<aside class="note">`, "69.74\u00a0%", "<svg viewBox",
		`<tr class="quoted">`, `<tr class="strong">`, "<td class=\"right\">7.00\u00a0%</td>", `<a href="#first">row0</a>`,
		`<div class="long"><dt>Data (hash)</dt>`, `<div><dt>Seed</dt>`, `src="data:image/png;base64,`, "One, large.",
		`<a href="#second">`, `width="280"`, // 7 times 40, the largest multiple up to 300
		`width="760"`, // 19 times 40
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// In a long document minor sections are not in the contents.
func TestContents(t *testing.T) {
	d := Document{}
	for i := range longContents - 1 {
		d.Sections = append(d.Sections, Section{ID: fmt.Sprint("s", i), Minor: i%2 == 1})
	}
	if got := len(contents(d)); got != longContents-1 {
		t.Errorf("%d sections in the contents of a short document of %d", got, longContents-1)
	}
	d.Sections = append(d.Sections, Section{ID: "one-more"})
	if got := len(contents(d)); got != longContents/2+1 {
		t.Errorf("%d sections in the contents of a long document, want %d", got, longContents/2+1)
	}
}

func TestMarkdown(t *testing.T) {
	md, files, err := Markdown(someDocument(t, 5))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# A title\n", "## Second\n", "> **Warnings**\n>\n> - Mind this.\n", "- Accuracy: **69.74 %** (95 %: 68.83–70.63 %)\n",
		"| Name | Accuracy | Words |\n| --- | ---: | --- |\n| row0 | 0.00 % |  |\n", "| **row3** |", "| *row4* | *4.00 %* |",
		"![Bars](figures/bars.svg)", "![label a](figures/a.png)", "| Seed | 1 |",
	} {
		if !strings.Contains(string(md), want) {
			t.Errorf("the text does not hold %q", want)
		}
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "figures/bars.svg figures/a.png figures/b.png figures/c.png figures/d.png"; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
}

func TestUnknownBlock(t *testing.T) {
	d := Document{Sections: []Section{{ID: "x", Title: "X", Blocks: []Block{strange{}}}}}
	_, htmlErr := HTML(d)
	_, _, mdErr := Markdown(d)
	_, pdfErr := PDF(d)
	for form, err := range map[string]error{"HTML": htmlErr, "Markdown": mdErr, "PDF": pdfErr} {
		if err == nil || !strings.Contains(err.Error(), "page.strange") {
			t.Errorf("%s: error %v does not name the block's type", form, err)
		}
	}
}

func TestDamagedPicture(t *testing.T) {
	d := Document{Sections: []Section{{ID: "x", Title: "X", Blocks: []Block{
		Pictures{Items: []Picture{{Name: "broken", PNG: []byte("no"), W: 1, H: 1}}},
	}}}}
	if _, err := PDF(d); err == nil || !strings.Contains(err.Error(), "picture broken") {
		t.Errorf("error %v does not name the picture", err)
	}
}
