package netfile

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// multiplyAdds counts the multiply-adds of the convolutions and of the products of matrices among
// nodes: for each element of a result, one for each number that is summed up into it. The nodes are
// those of a network that lays its convolutions out with the channels last. Padding counts like the
// image, as in the numbers that papers give.
func multiplyAdds(nodes []*Node) int64 {
	total := int64(0)
	for _, n := range nodes {
		switch n.Type() {
		case NodeTypeConvGeneral:
			channels := n.Shape().Dimensions[n.Rank()-1]
			total += int64(n.Shape().Size()/channels) * int64(n.Inputs()[1].Shape().Size())
		case NodeTypeDotGeneral:
			summed := int64(1)
			for _, axis := range summedAxes(n) {
				summed *= int64(n.Inputs()[0].Shape().Dimensions[axis])
			}
			total += int64(n.Shape().Size()) * summed
		}
	}
	return total
}

// summedAxes are the axes of a product's left side that it sums over, which only its text tells.
func summedAxes(product *Node) []int {
	_, text, _ := strings.Cut(product.String(), "lhsContractingAxes=[")
	text, _, _ = strings.Cut(text, "]")
	var axes []int
	for _, word := range strings.Fields(text) {
		var axis int
		if _, err := fmt.Sscan(word, &axis); err == nil {
			axes = append(axes, axis)
		}
	}
	return axes
}
