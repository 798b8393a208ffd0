package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdRange;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Whether the cluster still tells the story it has told so far. One that was restored from a snapshot goes on from an
/// older revision, and numbers come back with other content.
///
/// Asked before each watch, since nobody restores a cluster without ending its connections: the last change that was
/// told must still be there, with its value. When it has been compacted, the revision and the cluster's id must do.
final class Story {
    private final EtcdKv kv;
    private final Tail tail;
    private volatile @Nullable EtcdEvent last;
    private long cluster;

    Story(EtcdClient client, Tail tail) {
        kv = new EtcdKv(client);
        this.tail = tail;
    }

    /// The last change that was told.
    void learn(EtcdEvent event) {
        last = event;
    }

    /// Asks the cluster.
    /// @throws EtcdFailure when it does not answer
    boolean goesOn(Duration limit) {
        long told = tail.told();
        EtcdPage now = kv.count(Compactions.NOTHING, 0, limit);
        boolean same = cluster == 0 || cluster == now.cluster();
        EtcdEvent event = last;
        boolean goesOn = now.revision() >= told && (event == null ? same : holds(event, same, limit));
        if (goesOn) {
            cluster = now.cluster();
        }
        return goesOn;
    }

    private boolean holds(EtcdEvent event, boolean otherwise, Duration limit) {
        EtcdKey key = event.key();
        try {
            EtcdPage then = kv.range(EtcdRange.key(key.key()), 1, key.modRevision(), limit);
            return event.deletion() ? then.keys().isEmpty()
                    : then.keys().stream().anyMatch(k -> k.modRevision() == key.modRevision()
                            && Arrays.equals(k.value(), key.value()));
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> otherwise;
                case FUTURE -> false;
                default -> throw e;
            };
        }
    }

    /// Begins anew with what there is; returns its revision.
    /// @throws EtcdFailure when it does not answer
    long begin(Duration limit) {
        EtcdPage now = kv.count(Compactions.NOTHING, 0, limit);
        last = null;
        cluster = now.cluster();
        return now.revision();
    }
}
