package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EventHistoryTest {
    private static final int KEYS = 20_000;
    private static final byte[] ROW = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{}}".getBytes(UTF_8);
    private final Random random = new Random(11);
    private SnapshotTree<Item> tree = SnapshotTree.empty();

    private static Item item(int key, long revision) {
        return new Item("/registry/maps/a/%05d".formatted(key), ROW, 1, revision);
    }

    private EventHistory full(int keys) {
        TreeMap<String, Item> all = new TreeMap<>();
        for (int i = 0; i < keys; i++) {
            Item item = item(i, 1);
            all.put(item.storeKey(), item);
        }
        tree = tree.with(all);
        return new EventHistory(tree, 1);
    }

    private Event change(int keys, long revision) {
        Item after = item(random.nextInt(keys), revision);
        Event event = new Event(revision, tree.get(after.storeKey()), after);
        tree = tree.with(new TreeMap<>(Collections.singletonMap(after.storeKey(), after)));
        return event;
    }

    /// What two snapshots share counts once.
    private static long bytes(TreeNode node, Set<Object> counted) {
        if (!counted.add(node)) {
            return 0;
        }
        long bytes = 80 + 8L * node.keys().length + 8L * node.marks().length;
        for (int i = 0; i < node.keys().length && !node.leaf(); i++) {
            bytes += bytes(node.child(i), counted);
        }
        return bytes;
    }

    /// As renewed Leases come, one by one.
    @Test
    void snapshotsAreWithinTheBoundToo() {
        EventHistory history = full(KEYS);
        for (long revision = 2; revision < 2 + EventHistory.MAX_EVENTS; revision++) {
            history.add(List.of(change(KEYS, revision)), tree);
        }
        Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());
        bytes(tree.root(), counted);
        long snapshots = 0;
        long events = 0;
        for (long revision = 1 + EventHistory.MAX_EVENTS; revision >= history.since(); revision -= 64) {
            SnapshotTree<Item> then = Objects.requireNonNull(history.treeAt(revision));
            assertThat(then).as("one that is kept is given as it is").isSameAs(history.treeAt(revision));
            snapshots += bytes(then.root(), counted);
            events += 64 * (256 + ROW.length);
        }
        assertThat(history.since()).as("snapshots weigh").isGreaterThan(1);
        assertThat(events + snapshots).isLessThan(EventHistory.MAX_BYTES * 5 / 4).isGreaterThan(
                EventHistory.MAX_BYTES / 2);
    }

    @Test
    void theSnapshotOfEveryKeptRevisionIsTheOneOfThen() {
        EventHistory history = full(300);
        TreeMap<Long, SnapshotTree<Item>> then = new TreeMap<>();
        long revision = 1;
        for (int batch = 0; batch < 500; batch++) {
            List<Event> events = List.of(change(300, ++revision), change(300, revision));
            history.add(events, tree);
            then.put(revision, tree);
            if (batch == 300) {
                history.forget(revision - 77);
            }
        }
        assertThat(history.since()).isEqualTo(301 + 1 - 77);
        then.tailMap(history.since()).forEach((at, wanted) -> {
            SnapshotTree<Item> kept = history.treeAt(at);
            assertThat(kept).isNotNull();
            wanted.visit("", (key, item) -> kept.get(key) == item || fail(key, at));
        });
    }

    private static boolean fail(String key, long at) {
        throw new AssertionError(key + " at " + at);
    }
}
