package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Entry;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Converts etcd's types to those of the datastore contract.
final class EtcdChanges {
    /// The key in which a stock kube-apiserver keeps its compaction state; it is no object.
    static final String RESERVED = "compact_rev_key";
    /// Prefix of the keys this driver uses itself.
    static final String OWN = "gap-";

    private EtcdChanges() {
    }

    /// Whether a key belongs to no object.
    static boolean reserved(String key) {
        return key.equals(RESERVED) || key.startsWith(OWN);
    }

    /// One version of a key.
    static Entry entry(EtcdKey key) {
        return new Entry(key.key(), key.value(), key.createRevision(), key.modRevision());
    }

    /// The changes among events, without reserved keys.
    static List<Change> of(List<EtcdEvent> events) {
        List<Change> changes = new ArrayList<>(events.size());
        for (EtcdEvent event : events) {
            if (!reserved(event.key().key())) {
                changes.add(change(event));
            }
        }
        return changes;
    }

    private static Change change(EtcdEvent event) {
        EtcdKey key = event.key();
        Optional<Entry> before = event.before().map(EtcdChanges::entry);
        long created = event.deletion() ? before.map(Entry::createRevision).orElse(key.modRevision())
                : key.createRevision();
        return new Change(key.key(), key.modRevision(), created, event.deletion() ? null : key.value(), before);
    }

    /// Whether etcd omitted the previous value of an event, because it was compacted meanwhile.
    static boolean incomplete(List<EtcdEvent> events) {
        return events.stream().anyMatch(e -> e.before().isEmpty() && (e.deletion() || e.key().version() > 1));
    }
}
