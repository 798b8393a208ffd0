package io.k3j.probes;

import io.k3j.model.Struct;

/// Counts results in a row: a failure takes back the successes before it, and the other way round. For one
/// thread.
final class ProbeCounter {
    private final long toSucceed;
    private final long toFail;
    private long successes;
    private long failures;
    /// Whether the probe has not been made yet.
    boolean first = true;

    ProbeCounter(Struct probe) {
        toSucceed = probe.whole("successThreshold", 1);
        toFail = probe.whole("failureThreshold", 3);
    }

    boolean succeeded() {
        failures = 0;
        return ++successes >= toSucceed;
    }

    boolean failed() {
        successes = 0;
        return ++failures >= toFail;
    }

    void reset() {
        successes = 0;
        failures = 0;
    }
}
