package io.k3j.ha;

/// One call of a client, with what it learnt. Times are those of one clock.
///
/// @param value written or read, every write has a value of its own; empty: there is nothing, or it was removed
/// @param revision of the object after it; 0 when it was not told
/// @param at the revision that a conditional write was made on, or that a list is of; 0: neither
/// @param begin nanoseconds, before the call
/// @param end nanoseconds, after its answer; [Long#MAX_VALUE] when there was none
/// @param stale whether the answer said by a `Warning` that it is old
record Operation(String key, Kind kind, String value, long revision, long at, long begin, long end, Fate fate,
        boolean stale) {
    /// What was asked.
    enum Kind {
        /// Make it with this value, if it is not there.
        CREATE,
        /// Give it this value, if it is there.
        WRITE,
        /// Take it away.
        REMOVE,
        /// Tell its value.
        READ
    }

    /// How it ended.
    enum Fate {
        /// It was done.
        DONE,
        /// It was refused: it was not done and never will be.
        REFUSED,
        /// Nobody knows: it was done, will be done, or never.
        UNKNOWN
    }

    static Operation written(String key, String value, long revision, long begin, long end) {
        return new Operation(key, Kind.WRITE, value, revision, 0, begin, end, Fate.DONE, false);
    }

    static Operation read(String key, String value, long revision, long begin, long end) {
        return new Operation(key, Kind.READ, value, revision, 0, begin, end, Fate.DONE, false);
    }

    static Operation lost(String key, String value, long begin) {
        return new Operation(key, Kind.WRITE, value, 0, 0, begin, Long.MAX_VALUE, Fate.UNKNOWN, false);
    }

    /// Whether it gives a value.
    boolean write() {
        return kind == Kind.WRITE || kind == Kind.CREATE;
    }

    boolean done() {
        return fate == Fate.DONE;
    }
}
