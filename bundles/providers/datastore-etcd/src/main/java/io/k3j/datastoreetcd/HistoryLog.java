package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdFailure;
import io.k3j.logtail.LogTail;
import io.k3j.logtail.LogWatch;
import org.jspecify.annotations.Nullable;

/// etcd's history below the tail, for watches that are behind it, which stay while etcd is away.
record HistoryLog(EtcdHistory history, LogTail tail, Gate gate) implements LogWatch.Log {
    @Override
    public LogTail.@Nullable Slice read(long position) throws InterruptedException {
        try {
            return history.piece(position, tail.forgottenUpTo());
        } catch (EtcdFailure e) {
            if (Attempts.isFinal(e) || gate.closed()) {
                throw Attempts.unavailable("read the log", e, false);
            }
            return null;
        }
    }

    @Override
    public void check() {
        gate.check();
    }

    @Override
    public boolean over() {
        return gate.closed();
    }
}
