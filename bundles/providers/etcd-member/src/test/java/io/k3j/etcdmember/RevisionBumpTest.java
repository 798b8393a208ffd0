package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionBumpTest {
    private static final long LONG_SECONDS = 60;
    @TempDir
    Path directory;

    /// An etcd that counts. As in etcd, what deletes nothing makes no revision.
    private static class Counting implements RevisionBump.Writes {
        private final AtomicLong revision;
        private final AtomicBoolean there = new AtomicBoolean();
        private final AtomicLong compacted = new AtomicLong();
        private final AtomicLong mostKept = new AtomicLong();
        private final List<Long> compactions = Collections.synchronizedList(new ArrayList<>());

        Counting(long revision) {
            this.revision = new AtomicLong(revision);
            compacted.set(revision);
        }

        @Override
        public long revision() {
            return revision.get();
        }

        @Override
        public long put() {
            long made = revision.incrementAndGet();
            there.set(true);
            mostKept.accumulateAndGet(made - compacted.get(), Math::max);
            return made;
        }

        @Override
        public long delete() {
            return there.getAndSet(false) ? revision.incrementAndGet() : revision.get();
        }

        @Override
        public void compact(long upTo) {
            compactions.add(upTo);
            compacted.set(upTo);
        }
    }

    @Test
    void aFarRevisionIsReachedWithoutFillingTheStore() throws Exception {
        Counting etcd = new Counting(40);
        long target = 40 + 5 * RevisionBump.COMPACT_EVERY;
        long last = RevisionBump.raise(etcd, target);
        assertThat(last).isGreaterThan(target).isLessThan(target + 10).isEqualTo(etcd.revision());
        assertThat(etcd.compactions).isSorted().endsWith(last);
        assertThat(etcd.mostKept.get()).isLessThanOrEqualTo(2 * RevisionBump.COMPACT_EVERY);
    }

    @Test
    void manyWritesAreUnderWayAtATime() throws Exception {
        CountDownLatch together = new CountDownLatch(RevisionBump.WRITERS);
        Counting etcd = new Counting(1) {
            @Override
            public long put() {
                together.countDown();
                try {
                    assertThat(together.await(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return super.put();
            }
        };
        assertThat(RevisionBump.raise(etcd, 1_000)).isGreaterThan(1_000);
    }

    @Test
    void aStoreThatIsFurtherIsOnlyCompacted() throws Exception {
        Counting etcd = new Counting(5_000);
        RevisionBump.raise(etcd, 1_000);
        assertThat(etcd.compactions).containsExactly(5_000L);
    }

    @Test
    void aStoreThatHasJustReachedTheTargetGoesAboveIt() throws Exception {
        Counting etcd = new Counting(1_000);
        long last = RevisionBump.raise(etcd, 1_000);
        assertThat(last).isGreaterThan(1_000).isEqualTo(etcd.revision());
        assertThat(etcd.compactions).containsExactly(last);
    }

    @Test
    void aWriteThatFailsIsTold() {
        Counting full = new Counting(1) {
            @Override
            public long put() {
                throw new IllegalStateException("database space exceeded");
            }
        };
        assertThatThrownBy(() -> RevisionBump.raise(full, 10)).isInstanceOf(IOException.class)
                .hasMessageContaining("database space exceeded");
    }

    @Test
    void aRestoreGoesAboveBothTheNoteAndTheSnapshot() throws IOException {
        EtcdLayout layout = layout();
        assertThat(RevisionBump.target(RevisionBump.noted(layout), 5_000)).isEqualTo(5_000 + RevisionBump.MARGIN);
        RevisionBump.note(layout, 5);
        assertThat(RevisionBump.target(RevisionBump.noted(layout), 5_000)).isEqualTo(5_000 + RevisionBump.MARGIN);
        RevisionBump.note(layout, 70_000);
        assertThat(RevisionBump.target(RevisionBump.noted(layout), 5_000)).isEqualTo(70_000 + RevisionBump.MARGIN);
    }

    /// The other name keeps leading to the old note, which a write that is cut off would have spoiled.
    @Test
    void aNoteIsNotWrittenOver() throws IOException {
        EtcdLayout layout = layout();
        RevisionBump.note(layout, 5);
        Path old = Files.createLink(directory.resolve("old"), layout.revision());
        RevisionBump.note(layout, 6);
        assertThat(old).hasContent("5");
        assertThat(RevisionBump.noted(layout)).isEqualTo(Optional.of(6L));
    }

    @Test
    void everyThousandthRevisionIsNoted() throws IOException {
        EtcdLayout layout = layout();
        RevisionBump.Notes notes = new RevisionBump.Notes(layout);
        notes.seen(1_500);
        notes.seen(2_499);
        assertThat(RevisionBump.noted(layout)).hasValue(1_500L);
        notes.seen(2_500);
        assertThat(RevisionBump.noted(layout)).hasValue(2_500L);
    }

    /// As on a full disk; here the directory is missing.
    @Test
    void aNoteThatCannotBeWrittenEndsNothingAndIsTriedAgain() throws IOException {
        EtcdLayout layout = new EtcdLayout(directory);
        RevisionBump.Notes notes = new RevisionBump.Notes(layout);
        notes.seen(5_000);
        notes.seen(5_000);
        assertThat(RevisionBump.noted(layout)).isEmpty();
        layout();
        notes.seen(5_000);
        assertThat(RevisionBump.noted(layout)).hasValue(5_000L);
    }

    private EtcdLayout layout() throws IOException {
        EtcdLayout layout = new EtcdLayout(directory);
        Files.createDirectories(layout.revision().getParent());
        return layout;
    }
}
