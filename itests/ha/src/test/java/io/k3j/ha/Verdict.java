package io.k3j.ha;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What is wrong with a history, by all that is known of registers, watches and revisions.
final class Verdict {
    private static final long MOST_STALE_PERCENT = 1;

    private Verdict() {
    }

    /// What cannot have happened in a cluster in order, in words; empty when all can.
    static List<String> violations(Collection<Watched> watchers, Collection<Operation> history) {
        List<String> found = new ArrayList<>(Linearizability.violations(history));
        found.addAll(WatchGuarantees.violations(watchers, history));
        found.addAll(Revisions.violations(watchers, history));
        long stale = history.stream().filter(Operation::stale).count();
        if (stale * 100 > history.size() * MOST_STALE_PERCENT) {
            found.add(stale + " of " + history.size() + " answers said they were old");
        }
        return found;
    }
}
