package wire

import (
	"strconv"
	"strings"
)

func isNumber(first byte) bool { return first == '-' || '0' <= first && first <= '9' }

// number checks a number and passes over it.
func (s *scanner) number() {
	end, ok := numberEnd(s.data, s.pos)
	if s.pos = end; !ok {
		s.fail("in a number")
	}
}

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

// whole is the value of a JSON number, or 0 if it is not an int64.
func whole(n string) int64 {
	if i, err := strconv.ParseInt(n, 10, 64); err == nil {
		return i
	}
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(n), "e")
	shift := 0
	if scaled {
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil {
			return 0
		}
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimRight(integer+fraction, "0")
	zeros := len(integer) + shift - len(digits)
	if zeros < 0 || zeros > maxDigits {
		return 0
	}
	i, err := strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, 64)
	if err != nil {
		return 0
	}
	return i
}
