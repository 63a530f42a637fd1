package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// report is everything that one run of the command found.
type report struct {
	Date    string  `json:"date"`
	Machine string  `json:"machine"`
	Go      string  `json:"go"`
	GOGC    int     `json:"gogc"`
	Quick   bool    `json:"quick"`
	Tables  []table `json:"tables"`
	Goals   []goal  `json:"goals"`
}

// table is one group of figures, as text with its unit in the column's name.
type table struct {
	Title   string     `json:"title"`
	Note    string     `json:"note"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

func (t *table) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// goal is a figure that is meant to be at least, or at most, something.
type goal struct {
	Name string  `json:"name"`
	Want float64 `json:"want"`
	Got  float64 `json:"got"`
	Most bool    `json:"at_most"` // Want is the most allowed, else the least
}

func (g goal) isMet() bool {
	if g.Most {
		return g.Got <= g.Want
	}
	return g.Got >= g.Want
}

func newReport(quick bool) *report {
	return &report{Date: time.Now().Format(time.DateOnly), Machine: machine(), Go: runtime.Version(), GOGC: gogc(), Quick: quick}
}

// gogc returns the setting of the garbage collector.
func gogc() int {
	percent := debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent
}

func machine() string {
	model := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), model, runtime.GOOS)
}

func (r *report) atLeast(want float64, got float64, name string, a ...any) {
	r.Goals = append(r.Goals, goal{Name: fmt.Sprintf(name, a...), Want: want, Got: got})
}

func (r *report) atMost(want float64, got float64, name string, a ...any) {
	r.Goals = append(r.Goals, goal{Name: fmt.Sprintf(name, a...), Want: want, Got: got, Most: true})
}

func (r *report) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (r *report) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s · %s · GOGC=%d", r.Date, r.Machine, r.Go, r.GOGC)
	if r.Quick {
		b.WriteString(" · quick run: fewer rounds, smaller listings")
	}
	b.WriteString("\n")
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", t.Title, t.Note)
		writeRows(&b, t.Columns, t.Rows)
	}
	b.WriteString("\n### Goals\n\n")
	var rows [][]string
	for _, g := range r.Goals {
		bound, verdict := "≥", "missed"
		if g.Most {
			bound = "≤"
		}
		if g.isMet() {
			verdict = "met"
		}
		rows = append(rows, []string{g.Name, fmt.Sprintf("%s %.4g", bound, g.Want), fmt.Sprintf("%.3g", g.Got), verdict})
	}
	writeRows(&b, []string{"goal", "wanted", "found", ""}, rows)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeRows writes a Markdown table: the first column to the left, the others to
// the right.
func writeRows(b *strings.Builder, columns []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|---%s|\n", strings.Join(columns, " | "), strings.Repeat("|--:", len(columns)-1))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}

func micros(x float64) string { return fmt.Sprintf("%.2f", max(0, x)) }

func times(x float64) string { return fmt.Sprintf("%.1fx", max(0, x)) }

// millis writes microseconds as milliseconds.
func millis(micros float64) string {
	if micros < 10_000 {
		return fmt.Sprintf("%.1f", micros/1000)
	}
	return fmt.Sprintf("%.0f", micros/1000)
}
