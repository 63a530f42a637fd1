package wire

import (
	"bytes"
	"strconv"
	"strings"
)

// numberEnd returns where the JSON number at b[i:] ends; if it is none, where it
// goes wrong.
func numberEnd(b []byte, i int) (end int, ok bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if i, ok = digitsEnd(b, i); !ok {
		return i, false
	}
	if i < len(b) && b[i] == '.' {
		if i, ok = digitsEnd(b, i+1); !ok {
			return i, false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digitsEnd(b, i)
	}
	return i, true
}

// digitsEnd returns where the digits at b[i:] end, of which there must be one.
func digitsEnd(b []byte, i int) (end int, ok bool) {
	start := i
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i, i > start
}

// maxDigits is how many digits an int64 can have.
const maxDigits = 19

// Whole parses a number as [Int] does: 1e3 is 1000 and 40.0 is 40, white space around
// it does not matter, and an empty text is 0. What is not a whole number of 64 bits is
// 0 and not ok.
func Whole(text string) (n int64, ok bool) { return whole([]byte(text)) }

func whole(text []byte) (n int64, ok bool) {
	if n, ok := digitsOnly(text); ok {
		return n, true
	}
	text = bytes.TrimSpace(text)
	if end, ok := numberEnd(text, 0); !ok || end != len(text) {
		return 0, len(text) == 0
	}
	if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return i, true
	}
	return scaled(strings.ToLower(string(text)))
}

// digitsOnly is the number that a text holds if it is digits only, and not too many.
func digitsOnly(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) >= maxDigits || text[0] == '0' {
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
