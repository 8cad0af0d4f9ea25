package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/gomono"

	"repbench/reports/record"
)

// browser is the path of a Chromium; without one the test is skipped.
func browser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium is installed (Debian: apt-get install chromium)")
	return ""
}

// finding is what testdata/measure.html found in a report at one width.
type finding struct {
	Page         int // from 0
	Width, Inner int
	Dark         bool
	Texts        int
	Problem      string
}

// layOut lays pages out in the browser at several widths. Its only other font is
// Go Mono, much wider than the font that figures are measured in.
func layOut(t *testing.T, pages []string, dark bool, widths ...int) []finding {
	t.Helper()
	chromium, dir := browser(t), t.TempDir()
	frame, err := os.ReadFile("testdata/measure.html")
	if err != nil {
		t.Fatal(err)
	}
	report, err := json.Marshal(pages) // escapes <, so that no element of the page ends the script
	if err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(widths)
	if err != nil {
		t.Fatal(err)
	}
	frame = bytes.Replace(bytes.Replace(frame, []byte("REPORTS"), report, 1), []byte("WIDTHS"), list, 1)
	file := writeFile(t, dir, "measure.html", frame)
	writeFile(t, dir, "fonts/mono.ttf", gomono.TTF)
	config := writeFile(t, dir, "fonts.conf", fmt.Appendf(nil, "<fontconfig><dir>%[1]s/fonts</dir><cachedir>%[1]s/cache</cachedir></fontconfig>", dir))
	scheme := 1
	if dark {
		scheme = 0
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(dir, "profile"), fmt.Sprintf("--blink-settings=preferredColorScheme=%d", scheme),
		"--window-size=1700,1000", "--virtual-time-budget=60000", "--dump-dom", "file://"+file)
	cmd.Env = append(os.Environ(), "FONTCONFIG_FILE="+config)
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	_, found, ok := strings.Cut(string(out), "FOUND")
	found, _, whole := strings.Cut(found, "END")
	if !ok || !whole {
		t.Fatalf("the browser measured nothing: %v\n%.400s\n%.2000s", err, out, stderr.String())
	}
	var fs []finding
	if err := json.Unmarshal([]byte(html.UnescapeString(found)), &fs); err != nil {
		t.Fatal(err)
	}
	return fs
}

// mostProblems bounds what is said about a page.
const mostProblems = 12

// browserInputs are reports with names of many lengths and tables of many columns.
func browserInputs(t *testing.T) map[string]*Input {
	t.Helper()
	usual := fakeInput(t)
	for i, spec := range []string{"dcgan:runs/demo/gan", "random:svhn32,width=16", "onnx:/models/WWWWWWWWWWWWWWWWWWWWWW/mmmmmmmmmmmmmmm.onnx"} {
		r := fakeRecord(spec, 0.3+0.1*float64(i), 3)
		r.Data.Name, r.ID = "shapes", fmt.Sprint("shapes", i)
		usual.Records = append(usual.Records, r)
	}
	one := fakeRecord("pixels", 0.4, 2)
	linearOf(one).Classes = []string{"猫類", "犬類", "عربي", "😀", "deer", "WWWWWWWWWWWWWWWWWWWWWWWWWWWW", "frog", "horse", "ship", "truck"}
	generated := fakeGenerated("dcgan:runs/a-name-that-is-longer-than-most/svhn32-cifar10-30000-updates", fakeMemorisation(t, false))
	samples := fakeGenerated("dcgan:runs/a-name-that-is-longer-than-most/svhn32-cifar10-30000-updates", fakeQuality())
	return map[string]*Input{"usual": usual, "paper": paperInput(t), "one": {Records: []record.Record{one}}, "generated": {Records: []record.Record{generated, samples}}}
}

// No text of a figure is cut, lies on other text or is shown in a font that it was not
// measured in, and nothing scrolls sideways in a window of 1000 pixels.
func TestInBrowser(t *testing.T) {
	browser(t)
	var names, pages []string
	for name, in := range browserInputs(t) {
		names, pages = append(names, name), append(pages, write(t, in)["index.html"])
	}
	widths := []int{800, 1000, 1200, 1600}
	for _, dark := range []bool{false, true} {
		ends, said := 0, map[int]int{}
		for _, f := range layOut(t, pages, dark, widths...) {
			where := fmt.Sprintf("%s, %d pixels, dark %v", names[f.Page], f.Width, dark)
			switch {
			case f.Dark != dark:
				t.Fatalf("the browser is dark: %v, want %v", f.Dark, dark)
			case f.Problem == "" && f.Inner == f.Width && f.Texts > 0:
				ends++
			case f.Problem == "":
				t.Errorf("%s: a window of %d pixels with %d texts", where, f.Inner, f.Texts)
			case said[f.Page] < mostProblems:
				said[f.Page]++
				t.Errorf("%s: %s", where, f.Problem)
			}
		}
		if want := len(pages) * len(widths); ends != want {
			t.Errorf("measured %d times, want %d", ends, want)
		}
	}
}

// The measuring itself finds what it looks for.
func TestInBrowserFinds(t *testing.T) {
	const page = `<!DOCTYPE html><body style="background:#fff"><figure><svg viewBox="0 0 100 50" width="100" aria-label="f">
<text x="5" y="20" font-size="10" fill="#000" textLength="40" lengthAdjust="spacingAndGlyphs">alpha</text>
<text x="25" y="21" font-size="10" fill="#eee">omega</text><text x="80" y="40" font-size="10" fill="#000">beyond</text></svg></figure>
<div class="scroll" style="width:300px;overflow-x:auto"><table><td style="min-width:400px">wide</td></table></div></body>`
	var all string
	for _, f := range layOut(t, []string{page}, false, 1000) {
		all += f.Problem + "\n"
	}
	for _, want := range []string{`f: "omega" at`, "lies on", `"beyond" at`, "is cut off", "is hard to see", `"alpha" is 30.0 wide`, `"wide" scrolls sideways`} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q in\n%s", want, all)
		}
	}
}
