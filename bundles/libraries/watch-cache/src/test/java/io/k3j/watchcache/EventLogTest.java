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

    /// Pages of a list are of the newest revision for as long as nobody writes: nothing is replayed for them.
    @Test
    void thePictureOfTheNewestRevisionIsTheNewestSnapshot() {
        changed();
        assertThat(log.treeAt(CHANGES)).isSameAs(log.newest().tree());
        log.publish(CHANGES + 5);
        assertThat(log.treeAt(CHANGES + 5)).isSameAs(log.newest().tree());
        log.forget(CHANGES + 5);
        assertThat(log.treeAt(CHANGES + 5)).isSameAs(log.newest().tree());
        log.forget(CHANGES + 6);
        assertThat(log.treeAt(CHANGES + 5)).as("the datastore has forgotten it").isNull();
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

    private static String key(int i) {
        return StorageKeys.ROOT + "maps/a/%03d".formatted(i);
    }

    private static List<String> told(@Nullable List<Event> events) {
        assertThat(events).isNotNull();
        return events.stream().map(e -> e.newest().storeKey() + (e.after() == null ? "-" : "+") + e.revision())
                .toList();
    }

    /// As when an etcd lease ends with all its keys: that is one revision.
    @Test
    void everyChangeOfOneRevisionIsTaken() throws InterruptedException {
        Follower follower = new Follower(StorageKeys.ROOT + "maps/");
        log.follow(follower);
        log.apply(key(1), 2, true, item(key(1), 2));
        log.apply(key(2), 3, true, item(key(2), 3));
        log.publish(3);
        log.apply(key(1), 4, false, null);
        log.apply(key(2), 4, false, null);
        log.publish(4);
        assertThat(log.newest().tree().size()).isZero();
        List<String> gone = List.of(key(1) + "-4", key(2) + "-4");
        assertThat(told(follower.take(0))).containsExactly(key(1) + "+2", key(2) + "+3", gone.get(0), gone.get(1));
        assertThat(told(log.after(3, 100))).isEqualTo(gone);
        assertThat(told(log.after(3, 1))).as("never part of a revision").isEqualTo(gone);
        assertThat(told(log.after(2, 2))).hasSize(3);
        assertThat(told(log.after(2, 1))).containsExactly(key(2) + "+3");
        assertThat(shown(log.treeAt(3))).contains("=2", "=3");
    }

    /// The 64th change moves the snapshot on, but never to the middle of a revision.
    @Test
    void aSnapshotHasARevisionAsAWhole() {
        for (int i = 0; i < 100; i++) {
            log.apply(key(i), 2 + i, true, item(key(i), 2 + i));
        }
        log.publish(101);
        log.apply(key(200), 102, true, item(key(200), 102));
        for (int i = 0; i < 100; i++) {
            log.apply(key(i), 103, false, null);
            assertThat(log.newest().tree().size()).isIn(100, 101);
        }
        log.apply(key(201), 104, true, item(key(201), 104));
        assertThat(log.newest().revision()).isEqualTo(103);
        assertThat(log.newest().tree().size()).isOne();
        log.publish(104);
        assertThat(log.after(102, 64)).hasSize(100);
        assertThat(shown(log.treeAt(103))).isEqualTo("{" + key(200) + "=102}");
        log.forget(103);
        assertThat(told(log.after(103, 64))).containsExactly(key(201) + "+104");
    }

    /// The watch broke off between two changes of one revision; the next one tells what is not in the snapshot again.
    @Test
    void whatIsToldAgainIsTakenOnce() {
        log.apply(key(1), 2, true, item(key(1), 2));
        log.publish(2);
        log.apply(key(2), 3, true, item(key(2), 3));
        log.apply(key(3), 4, true, item(key(3), 4));
        assertThat(log.resume()).isEqualTo(2);
        log.apply(key(1), 2, true, item(key(1), 2));
        log.apply(key(2), 3, true, item(key(2), 3));
        log.apply(key(3), 4, true, item(key(3), 4));
        log.apply(key(4), 4, true, item(key(4), 4));
        log.publish(4);
        assertThat(told(log.after(1, 100))).containsExactly(key(1) + "+2", key(2) + "+3", key(3) + "+4", key(4) + "+4");
        assertThat(log.newest().tree().size()).isEqualTo(4);
    }

    @Test
    void aRevisionOfMoreChangesThanAreKeptLeavesTheSnapshotRight() {
        int many = EventHistory.MAX_EVENTS + 10;
        for (int i = 0; i < many; i++) {
            log.apply(key(i), 2 + i, true, item(key(i), 2 + i));
        }
        log.publish(many + 1);
        for (int i = 0; i < many; i++) {
            log.apply(key(i), many + 2, false, null);
        }
        log.publish(many + 2);
        assertThat(log.newest().tree().size()).isZero();
        assertThat(log.after(many + 1, 1)).isNull();
        assertThat(log.after(many + 2, 1)).isEmpty();
        assertThat(shown(log.treeAt(many + 2))).isEqualTo("{}");
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
