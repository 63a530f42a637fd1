// Command imagequery is a program that imports this library with all adapters.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

func main() {
	for _, make := range []func(provider.Config) (*provider.Client, error){aliyunecs.New, aliyunswas.New, aliyunens.New, qingcloud.New} {
		client, err := make(provider.Config{Region: os.Args[1], HTTPClient: http.DefaultClient})
		if err != nil {
			panic(err)
		}
		for m, err := range client.Images(context.Background(), image.Query{}) {
			text, _ := json.Marshal(m)
			fmt.Println(string(text), err)
		}
	}
}
