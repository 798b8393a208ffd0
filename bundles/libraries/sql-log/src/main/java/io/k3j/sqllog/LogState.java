package io.k3j.sqllog;

import io.k3j.logtail.LogTail;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the parts of one open log share.
///
/// @param heads newest rows of recently changed keys
/// @param tail recent changes, for watches
/// @param names which names may have rows
/// @param expirations keys with a time to live
/// @param faults whether the database may still be used
/// @param scanned set once when the first scan has ended
record LogState(Heads heads, LogTail tail, KnownNames names, Expirations expirations, DatabaseFaults faults,
        AtomicBoolean scanned) {
    /// Whether the first scan has ended; true once. For the writer, which lets the dialect do then what has to wait
    /// for the scan.
    boolean scanFinished() {
        return scanned.get() && scanned.compareAndSet(true, false);
    }
}
