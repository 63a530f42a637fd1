package lenient

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// maxDigits is how many digits an int64 can have.
const maxDigits = 19

// ParseInt parses a whole number of 64 bits. 1e3 is 1000 and 40.0 is 40, white space
// around the number does not matter, and an empty text is 0. For any other text n is
// 0 and ok is false.
func ParseInt(text []byte) (n int64, ok bool) {
	if n, ok := digitsOnly(text); ok {
		return n, true
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return 0, true
	}
	if c := text[0]; c != '-' && (c < '0' || c > '9') || !json.Valid(text) { // a JSON number
		return 0, false
	}
	if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return i, true
	}
	return scaled(strings.ToLower(string(text)))
}

// digitsOnly is the number that a text holds if it is digits only, and not too many.
func digitsOnly(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) >= maxDigits || text[0] == '0' && len(text) > 1 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// scaled is the value of a number with a fraction or an exponent.
func scaled(n string) (value int64, ok bool) {
	mantissa, exponent, hasExponent := strings.Cut(n, "e")
	shift := 0
	if hasExponent {
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil {
			return 0, false
		}
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimRight(integer+fraction, "0")
	if digits == "" || digits == "-" {
		return 0, true
	}
	zeros := len(integer) + shift - len(digits)
	if zeros < 0 || zeros > maxDigits {
		return 0, false
	}
	i, err := strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, 64)
	if err != nil {
		return 0, false
	}
	return i, true
}

// ParseTime parses 2006-01-02T15:04:05Z, with or without seconds and a fraction of
// them, with T or a blank, with Z, an offset such as +08:00, +0800 or +08, or no zone,
// which is UTC. The time is in UTC. For any other text, also an empty one, t is zero
// and ok is false.
func ParseTime(b []byte) (t time.Time, ok bool) {
	const date = "2006-01-02T15:04"
	if len(b) < len(date) || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' || b[13] != ':' {
		return time.Time{}, false
	}
	century, year, month, day := pair(b[0:], 99), pair(b[2:], 99), pair(b[5:], 12), pair(b[8:], 31)
	hour, minute := pair(b[11:], 23), pair(b[14:], 59)
	second, nano, rest := seconds(b[len(date):])
	offset, ok := zone(rest)
	if !ok || century|year|hour|minute|second < 0 || month < 1 || day < 1 {
		return time.Time{}, false
	}
	t = time.Date(100*century+year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	if day > 28 && t.Day() != day {
		return time.Time{}, false // the month is shorter
	}
	if offset != 0 {
		t = t.Add(-offset)
	}
	return t, true
}

// seconds parses ":05" or ":05.123456789" if they are there; second is negative
// if they are wrong. Digits beyond the nanosecond are dropped.
func seconds(b []byte) (second, nano int, rest []byte) {
	if len(b) == 0 || b[0] != ':' {
		return 0, 0, b
	}
	if len(b) < len(":05") {
		return -1, 0, nil
	}
	second, b = pair(b[1:], 59), b[3:]
	if len(b) == 0 || b[0] != '.' {
		return second, 0, b
	}
	end := 1
	for end < len(b) && '0' <= b[end] && b[end] <= '9' {
		end++
	}
	if end == 1 {
		return -1, 0, nil
	}
	for i := range 9 {
		nano *= 10
		if 1+i < end {
			nano += int(b[1+i] - '0')
		}
	}
	return second, nano, b[end:]
}

// zone parses Z, or an offset such as +08:00, +0800 or +08. Nothing is UTC.
func zone(b []byte) (offset time.Duration, ok bool) {
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	digits := b[1:]
	switch {
	case len(digits) == len("08"):
		digits = []byte{digits[0], digits[1], '0', '0'}
	case len(digits) == len("08:00") && digits[2] == ':':
		digits = []byte{digits[0], digits[1], digits[3], digits[4]}
	case len(digits) != len("0800"):
		return 0, false
	}
	hours, minutes := pair(digits, 23), pair(digits[2:], 59)
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if b[0] == '-' {
		offset = -offset
	}
	return offset, hours >= 0 && minutes >= 0
}

// pair returns the number in the first two bytes of b, or -1 if it is malformed or
// above limit.
func pair(b []byte, limit int) int {
	tens, ones := b[0]-'0', b[1]-'0'
	n := 10*int(tens) + int(ones)
	if tens > 9 || ones > 9 || n > limit {
		return -1
	}
	return n
}
