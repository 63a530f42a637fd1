package aliyuncreds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/imagequery/imagequery/provider"
)

const (
	commandTimeout = time.Minute
	commandOutput  = 64 << 10 // bytes
)

// external runs the command of a profile, which prints a profile with keys.
func (s Services) external(ctx context.Context, command string) (provider.Credentials, error) {
	args, err := splitCommand(command, runtime.GOOS == "windows")
	if err != nil {
		return provider.Credentials{}, unauthenticated("its process_command " + err.Error())
	}
	output, err := run(ctx, args)
	switch {
	case ctx.Err() != nil:
		return provider.Credentials{}, ctx.Err()
	case err != nil:
		return provider.Credentials{}, unauthenticated("its process_command failed: " + err.Error())
	}
	c, err := readPrinted(ctx, output)
	if err != nil {
		return provider.Credentials{}, because(err, "the output of its process_command")
	}
	return c, nil
}

// run returns the standard output of a program, which gets no input. Errors do not
// contain the output.
func run(ctx context.Context, args []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	output := &limitedOutput{tooLong: cancel}
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Stdout = output
	command.WaitDelay = time.Second
	err := command.Run()
	switch {
	case output.buffer.Len() > commandOutput:
		return nil, fmt.Errorf("it printed more than %d KiB", commandOutput>>10)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("it took longer than %s", commandTimeout)
	case err != nil:
		return nil, withoutContext(err)
	}
	return output.buffer.Bytes(), nil
}

// limitedOutput stores the output of a program, and stops the program after
// commandOutput bytes. The buffer is not embedded, since its ReadFrom would have no
// limit.
type limitedOutput struct {
	buffer  bytes.Buffer
	tooLong func()
}

func (o *limitedOutput) Write(p []byte) (int, error) {
	if o.buffer.Len()+len(p) <= commandOutput {
		return o.buffer.Write(p)
	}
	_, _ = o.buffer.Write(p[:commandOutput+1-o.buffer.Len()])
	o.tooLong()
	return 0, errors.New("the output is too long")
}

// readPrinted reads the profile that a command printed: a key or a session.
func readPrinted(ctx context.Context, output []byte) (provider.Credentials, error) {
	var printed struct {
		profile
		Expiration string
	}
	if err := decode(output, &printed); err != nil {
		return provider.Credentials{}, unauthenticated("is not the JSON of a profile")
	}
	switch mode := printed.modeOf(); mode {
	case "ak":
		return printed.keys("").Credentials(ctx)
	case "ststoken":
		c, err := printed.session(ctx)
		if at, parseErr := time.Parse(time.RFC3339, printed.Expiration); parseErr == nil {
			c.Expires = at
		}
		return c, err
	case "":
		return provider.Credentials{}, unauthenticated("has no keys")
	}
	return provider.Credentials{}, unauthenticated("is a profile of another mode than AK and StsToken")
}

// splitCommand splits a command line at white space outside of quotes. A backslash
// escapes the next character, except between single quotes; on Windows it only
// escapes a double quote.
func splitCommand(line string, windows bool) ([]string, error) {
	var args []string
	var arg strings.Builder
	var quote rune
	inArg, runes := false, []rune(line)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r == '\\' && quote != '\'' && isEscape(runes[i+1:], quote, windows):
			i++
			arg.WriteRune(runes[i])
			inArg = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inArg = r, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && unicode.IsSpace(r):
			if inArg {
				args = append(args, arg.String())
				arg.Reset()
				inArg = false
			}
		default:
			arg.WriteRune(r)
			inArg = true
		}
	}
	if inArg {
		args = append(args, arg.String())
	}
	switch {
	case quote != 0:
		return nil, errors.New("has a quote that is not closed")
	case len(args) == 0 || args[0] == "":
		return nil, errors.New("is empty")
	}
	return args, nil
}

// isEscape reports whether a backslash before rest escapes its first character.
func isEscape(rest []rune, quote rune, windows bool) bool {
	switch {
	case len(rest) == 0:
		return false
	case windows:
		return rest[0] == '"'
	case quote == '"':
		return strings.ContainsRune("\"\\$`\n", rest[0])
	}
	return true
}
