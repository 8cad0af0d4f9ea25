package tasks

import "testing"

func TestOrdered(t *testing.T) {
	var order []int
	turn := NewOrdered()
	Do(4, 100, func(_, i int) {
		turn.Pass(i, func() { order = append(order, i) })
	})
	for i, v := range order {
		if v != i {
			t.Fatalf("place %d taken by task %d", i, v)
		}
	}
	if len(order) != 100 {
		t.Errorf("%d tasks, want 100", len(order))
	}
}
