package archive

import (
	"context"
	"os"
	"testing"

	"repbench/datasets/internal/datatest"
)

// A link to a folder of another user is not followed.
func TestFollowLinksToAnotherUser(t *testing.T) {
	root := datatest.Unpack(t, datatest.File{Name: "train/a/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "test", Link: "train"})
	d := linkedFolder{folder: folder(root), uid: os.Geteuid() + 1}
	err := d.Walk(context.Background(), func(Entry) error { return nil })
	datatest.WantError(t, err, root, "test", "belongs to another user")
}
