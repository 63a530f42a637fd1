// Command moduleproxy writes the two modules of this repository that users
// install, the root and examples, into a directory in the layout of a Go module
// proxy. Run it in the root of the repository:
//
//	go run ./.ci/moduleproxy DIRECTORY v0.1.0
package main

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
)

const root = "github.com/imagequery/imagequery"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: moduleproxy DIRECTORY VERSION")
	}
	for _, m := range []module{
		{root, "."},
		{root + "/examples", "examples"},
	} {
		if err := m.publish(os.Args[1], os.Args[2]); err != nil {
			log.Fatal(err)
		}
	}
}

// module is one module and the folder it is in.
type module struct{ path, dir string }

func (m module) publish(proxy, version string) error {
	base := filepath.Join(proxy, m.path, "@v")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
	if err != nil {
		return err
	}
	for suffix, text := range map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf(`{"Version": %q}`, version),
		version + ".mod":  string(mod),
	} {
		if err := os.WriteFile(filepath.Join(base, suffix), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return m.archive(filepath.Join(base, version+".zip"), m.path+"@"+version)
}

// archive writes the files of a module. A module below it, and what begins with a
// dot, is not part of it.
func (m module) archive(path, prefix string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := zip.NewWriter(file)
	err = filepath.WalkDir(m.dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || name == m.dir:
			return err
		case strings.HasPrefix(entry.Name(), "."), entry.IsDir() && isModule(name):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		inside, err := filepath.Rel(m.dir, name)
		if err != nil {
			return err
		}
		return add(out, name, prefix+"/"+filepath.ToSlash(inside))
	})
	if err == nil {
		err = out.Close()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func add(out *zip.Writer, path, name string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	w, err := out.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, in)
	return err
}
