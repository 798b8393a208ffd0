package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Entry;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// etcd's words in ours. Pure.
final class Changes {
    /// A stock kube-apiserver keeps its compaction here; it is not an object.
    static final String RESERVED = "compact_rev_key";
    /// Keys of this driver begin so.
    static final String OWN = "gap-";

    private Changes() {
    }

    /// Whether a key is none of an object.
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
        Optional<Entry> before = event.before().map(Changes::entry);
        long created = event.deletion() ? before.map(Entry::createRevision).orElse(key.modRevision())
                : key.createRevision();
        return new Change(key.key(), key.modRevision(), created, event.deletion() ? null : key.value(), before);
    }

    /// Whether etcd could no longer say what was before some event, because that has been compacted meanwhile.
    static boolean incomplete(List<EtcdEvent> events) {
        return events.stream().anyMatch(e -> e.before().isEmpty() && (e.deletion() || e.key().version() > 1));
    }
}
