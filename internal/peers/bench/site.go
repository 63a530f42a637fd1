package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// site is the server in its own process.
type site struct {
	url     string
	command *exec.Cmd
	stdin   io.Closer
	http    http.Client
}

// startSite runs this program again, as the server.
func startSite() (*site, error) {
	command, err := again("serve")
	if err != nil {
		return nil, err
	}
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	return &site{url: strings.TrimSpace(address), command: command, stdin: stdin, http: http.Client{Transport: &http.Transport{}}}, nil
}

// again is this program with other arguments.
func again(args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(self, args...)
	command.Stderr = os.Stderr
	return command, nil
}

func (s *site) close() error {
	if err := s.stdin.Close(); err != nil {
		return err
	}
	return s.command.Wait()
}

// setup says how many images there are and how long an answer takes, and begins to
// count anew.
func (s *site) setup(total int, latency time.Duration) error {
	_, err := s.get("/bench/setup?" + url.Values{"total": {strconv.Itoa(total)}, "latency": {latency.String()}}.Encode())
	return err
}

func (s *site) counts() (c counts, err error) {
	body, err := s.get("/bench/counts")
	if err == nil {
		err = json.Unmarshal(body, &c)
	}
	return c, err
}

func (s *site) get(path string) ([]byte, error) {
	response, err := s.http.Get(s.url + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
