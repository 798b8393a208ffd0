package io.k3j.controllersworkload;

import io.k3j.controllerkit.Requeue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// On which nodes failed pods of DaemonSets are not replaced yet: where a kubelet refuses a pod it would refuse the
/// next one as well, at once. Upstream's `failedPodsBackoff`: a second, then twice as long each time. Any thread.
final class FailedPodsBackOff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private final Map<Place, Rest> rests = new ConcurrentHashMap<>();

    /// @param set the uid of one
    private record Place(String set, String node) {
    }

    private record Rest(Duration time, Instant since) {
        /// After so long nobody remembers the failures before.
        boolean forgotten(Instant now) {
            return now.isAfter(since.plus(LONGEST.multipliedBy(2)));
        }

        Rest next(Instant now) {
            Duration twice = time.multipliedBy(2);
            return forgotten(now) ? new Rest(FIRST, now)
                    : new Rest(twice.compareTo(LONGEST) > 0 ? LONGEST : twice, now);
        }
    }

    /// Those of one set, for one pass.
    OfSet of(String set, Instant now) {
        rests.values().removeIf(rest -> rest.forgotten(now));
        return new OfSet(set, now);
    }

    /// Says of a node whether its failed pod stays for now. One thread.
    final class OfSet implements Predicate<String> {
        private final String set;
        private final Instant now;
        private Requeue again = Requeue.NEVER;

        private OfSet(String set, Instant now) {
            this.set = set;
            this.now = now;
        }

        @Override
        public boolean test(String node) {
            Rest rest = rests.get(new Place(set, node));
            Duration left = rest == null ? Duration.ZERO : rest.time.minus(Duration.between(rest.since, now));
            if (left.isPositive()) {
                again = again.or(Requeue.after(left));
            }
            return left.isPositive();
        }

        /// A failed pod of a node is deleted.
        void next(String node) {
            rests.compute(new Place(set, node), (_, rest) -> rest == null ? new Rest(FIRST, now) : rest.next(now));
        }

        /// When the first of those that stay may be deleted.
        Requeue again() {
            return again;
        }
    }
}
