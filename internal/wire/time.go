package wire

import "time"

// instant reads 2006-01-02T15:04:05Z, with or without seconds and a fraction of
// them, with Z or an offset, with T or a blank. Anything else is the zero time.
func instant(b []byte) time.Time {
	const date = "2006-01-02T15:04"
	if len(b) <= len(date) || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' || b[13] != ':' {
		return time.Time{}
	}
	year, month, day := digits(b[:4], 9999), digits(b[5:7], 12), digits(b[8:10], 31)
	hour, minute := digits(b[11:13], 23), digits(b[14:16], 59)
	second, nano, rest := seconds(b[len(date):])
	offset, ok := zone(rest)
	if !ok || year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0 {
		return time.Time{}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
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
	second, b = digits(b[1:3], 59), b[3:]
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
	hours, minutes := digits(b[1:3], 23), digits(b[4:6], 59)
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if b[0] == '-' {
		offset = -offset
	}
	return offset, hours >= 0 && minutes >= 0
}

// digits is the number that b states, or -1 if it is none or above limit.
func digits(b []byte, limit int) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if n > limit {
		return -1
	}
	return n
}
