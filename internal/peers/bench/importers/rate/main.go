// Command rate imports golang.org/x/time/rate.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"golang.org/x/time/rate"
)

func main() {
	err := rate.NewLimiter(1, 1).Wait(context.Background())
	response, err2 := http.Get(os.Args[1])
	fmt.Println(err, err2, json.NewDecoder(response.Body).Decode(new(map[string]any)))
}
