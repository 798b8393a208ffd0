package io.k3j.sqllog;

import java.util.concurrent.atomic.AtomicBoolean;

/// What the parts of one open log share.
record State(Heads heads, Tail tail, KnownNames names, Expirations expirations, Faults faults,
        AtomicBoolean scanned) {
    /// Whether the first scan has ended; true once.
    boolean scanFinished() {
        return scanned.get() && scanned.compareAndSet(true, false);
    }
}
