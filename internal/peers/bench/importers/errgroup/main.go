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
		fmt.Println(json.NewEncoder(os.Stdout).Encode(response.Header))
		return err
	})
	fmt.Println(group.Wait())
}
