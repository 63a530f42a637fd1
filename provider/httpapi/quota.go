package httpapi

import "sync"

// quota bounds the retries of a client while nothing succeeds. The zero quota is
// full.
type quota struct {
	mu    sync.Mutex
	spent int
}

const (
	quotaSize   = 500
	retryCost   = 5
	successGain = 1
)

// spend takes the price of one retry, if there is enough left.
func (q *quota) spend() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.spent+retryCost > quotaSize {
		return false
	}
	q.spent += retryCost
	return true
}

// refill gives back what a success has earned.
func (q *quota) refill(amount int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = max(0, q.spent-amount)
}
