package latent

// stripFrames is the most images of a row of a picture. A row of evenFrames images or more at equal
// distances is preferred to a longer one at unequal distances.
const (
	stripFrames = 9
	evenFrames  = 5
)

// stripOf are the numbers of the images of n that a row shows, the first and the last among them: all
// where they fit, else at equal distances, and where n does not allow that, as equal as can be.
func stripOf(n int) []int {
	count := min(n, stripFrames)
	for k := count; k >= evenFrames; k-- {
		if (n-1)%(k-1) == 0 {
			count = k
			break
		}
	}
	shown := make([]int, count)
	for i := 1; i < count; i++ {
		shown[i] = (2*i*(n-1) + count - 1) / (2 * (count - 1)) // rounded
	}
	return shown
}
