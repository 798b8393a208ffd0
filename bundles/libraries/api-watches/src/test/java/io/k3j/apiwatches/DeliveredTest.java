package io.k3j.apiwatches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.watchcache.Event;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeliveredTest {
    private static final String A = "/registry/configmaps/n/a";
    private static final String B = "/registry/configmaps/n/b";

    private static Item item(String key, long revision) {
        return new Item(key, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{}}".getBytes(UTF_8), revision,
                revision);
    }

    private static SnapshotTree<Item> tree(Item... items) {
        TreeMap<String, Item> all = new TreeMap<>();
        for (Item item : items) {
            all.put(item.storeKey(), item);
        }
        return SnapshotTree.<Item>empty().with(all);
    }

    private static List<String> keys(SnapshotTree<Item> tree) {
        List<String> keys = new ArrayList<>();
        tree.visit("", (key, item) -> keys.add(key));
        return keys;
    }

    /// A follower may be given them one by one.
    @Test
    void everyEventOfARevisionIsTold() {
        Item a = item(A, 2);
        Item b = item(B, 3);
        Delivered told = new Delivered(new EventLog.Snapshot(tree(a, b), 3));
        assertThat(told.next(new Event(3, null, b))).as("the snapshot has it").isFalse();
        assertThat(told.next(new Event(4, a, null))).isTrue();
        assertThat(keys(told.tree())).containsExactly(B);
        told.reached(new EventLog.Snapshot(tree(a, b), 3));
        assertThat(told.next(new Event(4, b, null))).isTrue();
        assertThat(keys(told.tree())).isEmpty();
        told.reached(new EventLog.Snapshot(SnapshotTree.empty(), 4));
        assertThat(keys(told.tree())).isEmpty();
    }
}
