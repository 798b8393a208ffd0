package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdRange;
import io.k3j.logtail.LogTail;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Checks that the cluster's history continues the one delivered so far. A cluster restored from a snapshot
/// continues from an older revision, so that revisions recur with other content.
///
/// Runs before each watch, because a restore always ends the connections: the last change delivered has to
/// exist with its value. When it was compacted, revision and cluster id have to suffice.
final class HistoryCheck {
    private final EtcdKv kv;
    private final LogTail tail;
    private volatile @Nullable EtcdEvent last;
    private long cluster;

    HistoryCheck(EtcdClient client, LogTail tail) {
        kv = new EtcdKv(client);
        this.tail = tail;
    }

    /// Records the last change delivered.
    void record(EtcdEvent event) {
        last = event;
    }

    /// Whether the history continues. Blocks on etcd.
    /// @throws EtcdFailure when it does not answer
    boolean continues(Duration limit) {
        long delivered = tail.upTo();
        EtcdPage now = kv.count(Compactions.NOTHING, 0, limit);
        boolean same = cluster == 0 || cluster == now.cluster();
        EtcdEvent event = last;
        boolean continues = now.revision() >= delivered && (event == null ? same : exists(event, same, limit));
        if (continues) {
            cluster = now.cluster();
        }
        return continues;
    }

    private boolean exists(EtcdEvent event, boolean ifCompacted, Duration limit) {
        EtcdKey key = event.key();
        try {
            EtcdPage then = kv.range(EtcdRange.key(key.key()), 1, key.modRevision(), limit);
            return event.deletion() ? then.keys().isEmpty()
                    : then.keys().stream().anyMatch(k -> k.modRevision() == key.modRevision()
                            && Arrays.equals(k.value(), key.value()));
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> ifCompacted;
                case FUTURE -> false;
                default -> throw e;
            };
        }
    }

    /// Starts a new history from the present state; returns its revision.
    /// @throws EtcdFailure when it does not answer
    long restart(Duration limit) {
        EtcdPage now = kv.count(Compactions.NOTHING, 0, limit);
        last = null;
        cluster = now.cluster();
        return now.revision();
    }
}
