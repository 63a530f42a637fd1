// Command errgroup imports golang.org/x/sync/errgroup.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"golang.org/x/sync/errgroup"
)

func main() {
	var group errgroup.Group
	group.Go(func() error {
		response, err := http.Get(os.Args[1])
		fmt.Println(json.NewDecoder(response.Body).Decode(new(map[string]any)))
		return err
	})
	fmt.Println(group.Wait())
}
