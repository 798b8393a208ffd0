package io.k3j.leases;

import java.time.Duration;
import java.util.List;

/// One server's part in the election: a step looks at all leases and takes or renews those it may. The first that this
/// server wants decides about the rest, so that servers that are alike have one leader for all. For one thread.
final class Election {
    private final List<Seat> seats;

    /// An election about `seats`, of which one at least is always wanted.
    Election(List<Seat> seats) {
        this.seats = List.copyOf(seats);
    }

    /// Tries once.
    /// @return when to try again
    Duration step() {
        Seat first = seats.stream().filter(Seat::wanted).findFirst().orElseThrow();
        boolean led = first.reigns();
        Duration pause = first.step(true);
        boolean lost = led && !first.reigns();
        for (Seat seat : seats) {
            if (seat == first) {
                continue;
            }
            if (lost) {
                seat.resign();
                seat.release();
            }
            Duration next = seat.step(first.held() || first.theirs());
            pause = next.compareTo(pause) < 0 ? next : pause;
        }
        return pause;
    }

    /// Ceases to lead; the leases stay held.
    void resign() {
        seats.forEach(Seat::resign);
    }

    /// Lets the leases go, so that another server need not wait.
    void release() {
        seats.forEach(Seat::release);
    }
}
