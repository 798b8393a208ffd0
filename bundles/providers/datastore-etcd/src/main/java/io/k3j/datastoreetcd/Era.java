package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdTxn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The era in which keys are created. The condition "the key does not exist" may hold twice for one creation:
/// before an attempt whose answer was lost, and again after another client has deleted the key it created.
/// Therefore every creation also compares the revision of one key all servers share. A commit with an unknown
/// outcome raises that key first. From then on the attempt was either applied before the raise or never will
/// be, however late a member forwards it, and the history tells which.
///
/// The key is written only in this case, and never deleted, so that its revision never recurs.
final class Era {
    private static final String KEY = EtcdChanges.OWN + "era";
    private static final byte[] RAISED = {'1'};
    private final EtcdKv kv;
    private static final long NONE = -1;
    private final AtomicLong known = new AtomicLong();
    /// An era in which a creation was given up without an answer: it may still be applied.
    private final AtomicLong doubtful = new AtomicLong(NONE);

    Era(EtcdKv kv) {
        this.kv = kv;
    }

    /// The era for the next creation, one in which none was given up: such a creation must not be applied after its
    /// client has tried again. Calls etcd only when the last known one is doubtful.
    /// @throws io.k3j.jetcd.EtcdFailure when it is not known whether that one has ended
    long current(Supplier<Duration> limit) {
        long ending = doubtful.get();
        if (ending != NONE) {
            end(ending, limit.get());
            doubtful.compareAndSet(ending, NONE);
        }
        return known.get();
    }

    /// A creation of this era was given up and may still be applied.
    void doubt(long tried) {
        doubtful.accumulateAndGet(tried, Math::max);
    }

    /// Restricts a creation to this era; the transaction reads the current era otherwise.
    static void bind(EtcdTxn txn, long era) {
        txn.when(KEY, era).orRead(KEY);
    }

    /// Whether the attempt was refused because its era had ended; `read` is what it read.
    boolean ended(long tried, EtcdPage read) {
        long now = read.keys().isEmpty() ? 0 : read.keys().getFirst().modRevision();
        known.compareAndSet(tried, now);
        return now != tried;
    }

    /// Ends the era `tried`, unless another commit has done so.
    /// @return a revision such that every attempt in that era was applied before it or never will be
    /// @throws io.k3j.jetcd.EtcdFailure when it is not known whether the era has ended
    long end(long tried, Duration limit) {
        EtcdTxn txn = new EtcdTxn().when(KEY, tried).put(KEY, RAISED, 0).orRead(KEY);
        EtcdTxn.Result result = kv.commit(txn, limit);
        if (result.succeeded()) {
            known.compareAndSet(tried, result.revision());
        } else {
            ended(tried, result.read().getFirst());
        }
        return result.revision();
    }
}
