package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// screen describes what the standard output is written to. The zero value is not a
// terminal.
type screen struct {
	width int  // in cells; 0: not limited
	color bool // whether text may have colors
}

// newScreen describes a writer. A terminal that does not tell its width has that of
// the variable COLUMNS. NO_COLOR and TERM=dumb turn colors off.
func newScreen(w io.Writer, lookupEnv func(string) (string, bool)) screen {
	if !isTerminal(w) {
		return screen{}
	}
	env := func(name string) string {
		value, _ := lookupEnv(name)
		return value
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil || width <= 0 {
		width, _ = strconv.Atoi(env("COLUMNS"))
	}
	return screen{width: max(width, 0), color: env("NO_COLOR") == "" && env("TERM") != "dumb"}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// statusColor returns the number of a color: whether an instance can be made from
// an image with the status.
func statusColor(status string) string {
	switch status {
	case "available":
		return "32" // green
	case "pending", "deprecated":
		return "33" // yellow
	case missingCell:
		return "39" // that of other text
	}
	return "31" // red
}
