package io.k3j.datastoreetcd;

import io.k3j.logtail.LogTail;
import io.k3j.logtail.LogWatch;

/// etcd's history below the tail, for watches that are behind it.
record HistoryLog(EtcdHistory history, LogTail tail, Gate gate) implements LogWatch.Log {
    @Override
    public LogTail.Slice read(long position) throws InterruptedException {
        return history.between(position, tail.forgottenUpTo());
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
