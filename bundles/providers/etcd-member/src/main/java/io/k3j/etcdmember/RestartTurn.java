package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdTxn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Which server is about to be restarted: one of all at a time. Two that look at the members at the same moment find
/// them all there, and would take the majority away together. A turn ends with its server's word, or by itself, by
/// etcd's clock: the restart has begun by then, and whoever looks sees that the member is away. Beyond K3s.
///
/// Any thread; a call blocks for etcd, three seconds each of three times at most.
final class RestartTurn {
    /// When a turn ends by itself.
    static final Duration LENGTH = Duration.ofMinutes(2);
    private static final String KEY = "k3s/etcd-restart";
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final String SOMEBODY = "another server";
    private final Store store;

    /// What etcd does.
    interface Store {
        /// A new lease.
        long lease(Duration length);

        /// Carries out a transaction, which reads the key when its condition does not hold.
        EtcdTxn.Result commit(EtcdTxn txn);
    }

    RestartTurn(Store store) {
        this.store = store;
    }

    /// By a cluster of etcd.
    static RestartTurn of(EtcdKv kv) {
        return new RestartTurn(new Store() {
            @Override
            public long lease(Duration length) {
                return kv.lease(length.toSeconds(), LIMIT);
            }

            @Override
            public EtcdTxn.Result commit(EtcdTxn txn) {
                return kv.commit(txn, LIMIT);
            }
        });
    }

    /// Takes the turn; one that the same server has begins anew.
    /// @return the name of the server whose turn it is now
    /// @throws io.k3j.jetcd.EtcdFailure when etcd does not say
    String take(String name) {
        byte[] value = name.getBytes(StandardCharsets.UTF_8);
        long lease = store.lease(LENGTH);
        EtcdTxn.Result first = store.commit(new EtcdTxn().when(KEY, 0).put(KEY, value, lease).orRead(KEY));
        if (first.succeeded() || !holder(first).equals(name)) {
            return first.succeeded() ? name : holder(first);
        }
        EtcdTxn.Result again = store
                .commit(new EtcdTxn().when(KEY, revision(first)).put(KEY, value, lease).orRead(KEY));
        return again.succeeded() ? name : holder(again);
    }

    /// Ends the turn of a server; without effect for one whose turn it is not.
    /// @throws io.k3j.jetcd.EtcdFailure when etcd does not say
    void end(String name) {
        // fails for any key that is there, and reads it
        EtcdTxn.Result there = store.commit(new EtcdTxn().when(KEY, 0).orRead(KEY));
        if (!there.succeeded() && holder(there).equals(name)) {
            store.commit(new EtcdTxn().when(KEY, revision(there)).delete(KEY).orRead(KEY));
        }
    }

    /// Who has it; a turn that has ended since the condition was looked at was somebody's.
    private static String holder(EtcdTxn.Result read) {
        return key(read).map(key -> new String(key.value(), StandardCharsets.UTF_8)).orElse(SOMEBODY);
    }

    private static long revision(EtcdTxn.Result read) {
        return key(read).map(EtcdKey::modRevision).orElse(0L);
    }

    private static Optional<EtcdKey> key(EtcdTxn.Result read) {
        return read.read().stream().flatMap(page -> page.keys().stream()).findFirst();
    }
}
