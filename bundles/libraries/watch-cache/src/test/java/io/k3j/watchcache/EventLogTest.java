package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final int CHANGES = 3_000;
    private final EventLog log = new EventLog(SnapshotTree.empty(), 1, LockSupport::parkNanos, System::nanoTime);
    private final TreeMap<String, Long> model = new TreeMap<>();
    private final List<String> models = new ArrayList<>(List.of("", "{}"));
    private final Random random = new Random(7);

    /// Batches of every size, with keys that change several times in one of them.
    private void changed() {
        for (long revision = 2; revision <= CHANGES; revision++) {
            String key = StorageKeys.ROOT + "maps/a/" + random.nextInt(100);
            boolean gone = random.nextInt(3) == 0;
            log.apply(key, revision, !gone && !model.containsKey(key), gone ? null : item(key, revision));
            if (gone) {
                model.remove(key);
            } else {
                model.put(key, revision);
            }
            models.add(model.toString());
            if (random.nextInt(revision % 1_000 < 500 ? 200 : 3) == 0) {
                log.publish(revision);
            }
        }
        log.publish(CHANGES);
    }

    private static Item item(String key, long revision) {
        return new Item(key,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}".getBytes(UTF_8),
                revision, revision);
    }

    private static String shown(@Nullable SnapshotTree<Item> tree) {
        assertThat(tree).isNotNull();
        TreeMap<String, Long> all = new TreeMap<>();
        tree.visit("", (key, item) -> {
            all.put(key, item.revision());
            return true;
        });
        return all.toString();
    }

    @Test
    void keepsThePictureOfEveryRevision() {
        changed();
        for (int revision = 1; revision <= CHANGES; revision++) {
            assertThat(shown(log.treeAt(revision))).as("at %s", revision).isEqualTo(models.get(revision));
        }
        assertThat(shown(log.newest().tree())).isEqualTo(models.getLast());
    }

    @Test
    void tellsWhatEachKeyWasBefore() {
        changed();
        TreeMap<String, Item> before = new TreeMap<>();
        List<Event> events = log.after(1, Integer.MAX_VALUE);
        assertThat(events).isNotNull();
        for (Event event : events) {
            String key = event.newest().storeKey();
            assertThat(event.before()).isSameAs(before.get(key));
            before.put(key, event.newest());
            if (event.after() == null) {
                before.remove(key);
            }
        }
    }

    @Test
    void keepsThePictureAtARevisionAndForgetsWhatWasBefore() {
        changed();
        for (int revision : new int[] {2, 130, 131, 1_777, CHANGES}) {
            log.forget(revision);
            assertThat(log.treeAt(revision - 1)).isNull();
            assertThat(log.after(revision - 1, 1)).isNull();
            assertThat(log.reaches(revision)).isTrue();
            assertThat(shown(log.treeAt(revision))).isEqualTo(models.get(revision));
            assertThat(shown(log.treeAt(CHANGES))).isEqualTo(models.getLast());
        }
    }

    @Test
    void keepsNoMoreThanItsBound() {
        for (long revision = 2; revision < 3L * EventHistory.MAX_EVENTS; revision++) {
            String key = StorageKeys.ROOT + "maps/a/" + revision % 7;
            log.apply(key, revision, false, item(key, revision));
        }
        log.publish(3L * EventHistory.MAX_EVENTS);
        List<Event> kept = log.after(3L * EventHistory.MAX_EVENTS - 10, 100);
        assertThat(kept).hasSize(9);
        assertThat(log.reaches(2L * EventHistory.MAX_EVENTS - 1)).isFalse();
        assertThat(log.reaches(2L * EventHistory.MAX_EVENTS + 100)).isTrue();
        assertThat(shown(log.treeAt(2L * EventHistory.MAX_EVENTS + 100)))
                .contains("=" + (2L * EventHistory.MAX_EVENTS + 100));
    }

    /// As by a suspended machine: the log had no chance to come further meanwhile.
    @Test
    void timeInWhichTheProcessStoodStillIsNotWaited() {
        AtomicLong clock = new AtomicLong();
        AtomicLong stop = new AtomicLong(TimeUnit.HOURS.toNanos(1));
        EventLog slow = new EventLog(SnapshotTree.empty(), 1,
                (blocker, nanos) -> clock.addAndGet(nanos + stop.getAndSet(0)), clock::get);
        assertThat(slow.atLeast(2, 5_000).revision()).isEqualTo(1);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(clock.get())).isEqualTo(3_600 + 4);
    }
}
