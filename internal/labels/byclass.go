package labels

// ByClass returns the rows of each class, in the order of the classes.
func ByClass(y []int32) [][]int32 {
	var rows [][]int32
	for i, k := range y {
		for int(k) >= len(rows) {
			rows = append(rows, nil)
		}
		rows[k] = append(rows[k], int32(i))
	}
	return rows
}
