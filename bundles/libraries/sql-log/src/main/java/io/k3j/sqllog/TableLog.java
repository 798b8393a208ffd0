package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.logtail.LogTail;
import io.k3j.logtail.LogWatch;
import org.jspecify.annotations.Nullable;

/// The table below the tail, for watches, which stay while the database is away: null says "later", an exception
/// ends the watch.
record TableLog(LogReads reads, DatabaseFaults faults) implements LogWatch.Log {
    @Override
    public LogTail.@Nullable Slice read(long position) {
        try {
            return reads.log(position);
        } catch (DatastoreUnavailable e) {
            if (faults.broken() || faults.ended()) {
                throw e;
            }
            return null;
        }
    }

    @Override
    public void check() {
        faults.check("watch");
    }

    @Override
    public boolean over() {
        return faults.ended();
    }
}
