package wire

import "time"

// instant reads 2006-01-02T15:04:05Z, with or without seconds and a fraction of
// them, with Z or an offset, with T or a blank. Anything else is the zero time.
func instant(b []byte) time.Time {
	const date = "2006-01-02T15:04"
	if len(b) <= len(date) || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' || b[13] != ':' {
		return time.Time{}
	}
	century, year, month, day := pair(b[0:], 99), pair(b[2:], 99), pair(b[5:], 12), pair(b[8:], 31)
	hour, minute := pair(b[11:], 23), pair(b[14:], 59)
	second, nano, rest := seconds(b[len(date):])
	offset, ok := zone(rest)
	if !ok || century|year|hour|minute|second < 0 || month < 1 || day < 1 {
		return time.Time{}
	}
	t := time.Date(100*century+year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	if t.Day() != day {
		return time.Time{} // the month is shorter
	}
	return t.Add(-offset)
}

// seconds reads ":05" or ":05.123456789" if they are there; second is negative
// if they are wrong. Digits beyond the nanosecond are dropped.
func seconds(b []byte) (second, nano int, rest []byte) {
	if b[0] != ':' {
		return 0, 0, b
	}
	if len(b) < len(":05Z") {
		return -1, 0, nil
	}
	second, b = pair(b[1:], 59), b[3:]
	if b[0] != '.' {
		return second, 0, b
	}
	end, ok := digitsEnd(b, 1)
	if !ok {
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

// zone reads Z or an offset such as +08:00.
func zone(b []byte) (offset time.Duration, ok bool) {
	if len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) != len("+08:00") || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, false
	}
	hours, minutes := pair(b[1:], 23), pair(b[4:], 59)
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if b[0] == '-' {
		offset = -offset
	}
	return offset, hours >= 0 && minutes >= 0
}

// pair is the number that the first two bytes of b state, or -1 if they state none
// or one above limit.
func pair(b []byte, limit int) int {
	tens, ones := b[0]-'0', b[1]-'0'
	n := 10*int(tens) + int(ones)
	if tens > 9 || ones > 9 || n > limit {
		return -1
	}
	return n
}
