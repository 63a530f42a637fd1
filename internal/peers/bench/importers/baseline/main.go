// Command baseline is a program that speaks HTTP and JSON, and imports nothing.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[1])
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	var page map[string]any
	fmt.Println(json.NewDecoder(response.Body).Decode(&page), len(page))
}
