package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"repbench/datasets/internal/content"
)

// FollowLinksFlag is the name of the flag that sets Options.FollowLinks; errors about links
// name it.
const FollowLinksFlag = "--follow-links"

// maxLinkDepth limits the number of links on a path. Even without loops, the number of paths
// can double with each link.
const maxLinkDepth = 8

// linkedFolder is a folder in which links to folders are followed, if the target is on the same
// file system and belongs to the user uid. It is walked in the same order as the same tree
// without links.
type linkedFolder struct {
	folder
	uid int
}

func (d linkedFolder) Walk(ctx context.Context, visit func(Entry) error) error {
	root, err := filepath.EvalSymlinks(string(d.folder))
	if err != nil {
		return err
	}
	info, err := os.Stat(root)
	if err != nil {
		return err
	}
	w := linkWalk{ctx: ctx, linkedFolder: d, root: info, visit: visit}
	err = w.dir(root, "", []fs.FileInfo{info}, 0)
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

// linkWalk is one walk over a linkedFolder.
type linkWalk struct {
	linkedFolder
	ctx   context.Context
	root  fs.FileInfo
	visit func(Entry) error
}

// dir visits the content of a folder: at is its path and name its name in the source. above are
// the folders on the path to it, including itself, and links is the number of links on the
// path.
func (w *linkWalk) dir(at, name string, above []fs.FileInfo, links int) error {
	entries, err := os.ReadDir(at) // sorted
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if Hidden(e.Name()) {
			continue
		}
		path, name := filepath.Join(at, e.Name()), joinName(name, e.Name())
		out := folderEntry(path, name, e)
		linked := e.Type()&fs.ModeSymlink != 0
		if !out.Dir && !(linked && out.Link) { // a file, but not a link without a target
			if err := w.visit(out); err != nil {
				return err
			}
			continue
		}
		if err := w.enter(out, path, above, links, linked); err != nil {
			return err
		}
	}
	return nil
}

// enter visits a folder, or a link to a folder, and its content.
func (w *linkWalk) enter(e Entry, path string, above []fs.FileInfo, links int, linked bool) error {
	info, err := os.Stat(path)
	if linked {
		links++
		if reason := w.refuse(info, err, above, links); reason != "" {
			return content.Bad(w.Path(), e.Name, "it is a link%s, %s", leadsTo(path), reason)
		}
	}
	if err != nil {
		return err
	}
	e.Dir, e.Link = true, false
	if err := w.visit(e); err != nil {
		return err
	}
	return w.dir(path, e.Name, append(above[:len(above):len(above)], info), links)
}

// refuse returns the reason why a link is not followed; "" if it is.
func (w *linkWalk) refuse(target fs.FileInfo, err error, above []fs.FileInfo, links int) string {
	if errors.Is(err, syscall.ELOOP) {
		return "a loop without end; remove the link"
	}
	if err != nil {
		return unreachable
	}
	if !target.IsDir() {
		return "which is neither a file nor a folder; remove the link"
	}
	for _, a := range above {
		if os.SameFile(a, target) {
			return "in which it lies itself: a loop without end; remove the link"
		}
	}
	if links > maxLinkDepth {
		return "and is the ninth link on one path; give the folders that it leads to instead"
	}
	uid, same, known := ownerAndDevice(target, w.root)
	switch {
	case !known:
		return "and this system does not say whose folder that is; put the folder itself in its place"
	case !same:
		return "which is on another file system, where " + FollowLinksFlag + " does not lead; put the folder itself in its place"
	case uid != w.uid:
		return "which belongs to another user, where " + FollowLinksFlag + " does not lead; put the folder itself in its place"
	}
	return ""
}

// unreachable describes a link whose target cannot be reached, and the remedy.
const unreachable = "which cannot be reached; mend or remove the link"

// leadsTo describes the target of a link, if it can be read.
func leadsTo(path string) string {
	to, err := os.Readlink(path)
	if err != nil {
		return ""
	}
	return " to " + to
}

func joinName(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
