package live

import (
	"html/template"
	"time"

	"repbench/reports/verdicts"
)

// templates are the templates of all pages.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"number": number, "grouped": grouped, "ago": ago, "duration": duration, "seconds": seconds, "short": verdicts.Short,
	"stamp":  func(t time.Time) string { return t.Format("2006-01-02 15:04:05") },
	"color":  func(i int) int { return i % 6 },
	"plural": plural, "unit": unit,
	"more": func(all []string, n int) int { return max(0, len(all)-n) },
}).ParseFS(embedded, "page/templates/*.html"))
