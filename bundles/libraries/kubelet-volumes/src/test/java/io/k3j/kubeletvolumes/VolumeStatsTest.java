package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeStatsTest {
    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock();
    private final VolumeStats stats = new VolumeStats(clock, clock.monotonic());
    private VolumeStats.Mounted volume;

    @BeforeEach
    void begin() {
        volume = mounted("v", VolumeStats.Metrics.TREE);
        stats.mounted("u", List.of(volume));
    }

    private VolumeStats.Mounted mounted(String name, VolumeStats.Metrics metrics) {
        return new VolumeStats.Mounted(name, directory, metrics, Optional.empty(), true);
    }

    private long inodes() {
        return stats.of("u").getFirst().used().inodes();
    }

    @Test
    void aVolumeIsCountedOnceAMinute() throws Exception {
        assertThat(stats.of("u")).isEmpty();
        stats.round(Runnable::run);
        assertThat(inodes()).isEqualTo(1);
        Files.createFile(directory.resolve("f"));
        clock.advance(Duration.ofSeconds(59));
        stats.mounted("u", List.of(volume));
        stats.round(Runnable::run);
        assertThat(inodes()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        stats.round(Runnable::run);
        assertThat(inodes()).isEqualTo(2);
        assertThat(stats.of("u").getFirst().at()).isEqualTo(clock.instant());
    }

    @Test
    void aVolumeIsCountedAsOftenAsItIsSaid() throws Exception {
        VolumeStats seldom = new VolumeStats(clock, clock.monotonic(), Duration.ofMinutes(10));
        seldom.mounted("u", List.of(volume));
        seldom.round(Runnable::run);
        Files.createFile(directory.resolve("f"));
        clock.advance(Duration.ofMinutes(9));
        seldom.round(Runnable::run);
        assertThat(seldom.of("u").getFirst().used().inodes()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1));
        seldom.round(Runnable::run);
        assertThat(seldom.of("u").getFirst().used().inodes()).isEqualTo(2);
        VolumeStats never = new VolumeStats(clock, clock.monotonic(), Duration.ZERO);
        never.mounted("u", List.of(volume));
        never.round(Runnable::run);
        assertThat(never.of("u")).isEmpty();
    }

    @Test
    void aVolumeOfALocalPersistentVolumeIsToldByItsFileSystem() throws Exception {
        stats.mounted("u", List.of(mounted("v", VolumeStats.Metrics.FILE_SYSTEM)));
        stats.round(Runnable::run);
        VolumeStats.Usage told = stats.of("u").getFirst();
        assertThat(told.used().bytes()).isEqualTo(told.fileSystem().usedBytes()).isPositive();
        assertThat(told.used().inodes()).isEqualTo(told.fileSystem().inodesUsed());
    }

    @Test
    void aPlaceOfTheHostsIsNotCounted() throws Exception {
        stats.mounted("u", List.of(mounted("v", VolumeStats.Metrics.NONE)));
        stats.round(Runnable::run);
        assertThat(stats.of("u")).isEmpty();
    }

    @Test
    void whatHasGoneIsForgotten() throws Exception {
        stats.mounted("u", List.of(volume, mounted("w", VolumeStats.Metrics.TREE)));
        stats.round(Runnable::run);
        assertThat(stats.of("u")).extracting(VolumeStats.Usage::name).containsExactly("v", "w");
        stats.mounted("u", List.of(volume));
        assertThat(stats.of("u")).extracting(VolumeStats.Usage::name).containsExactly("v");
        stats.removed("u");
        assertThat(stats.of("u")).isEmpty();
    }

    @Test
    void aVolumeThatCannotBeReadKeepsNobodyElseFromBeingCounted() throws Exception {
        VolumeStats.Mounted absent = new VolumeStats.Mounted("a", directory.resolve("absent"),
                VolumeStats.Metrics.TREE, Optional.empty(), false);
        stats.mounted("u", List.of(absent, volume));
        stats.round(Runnable::run);
        assertThat(stats.of("u")).extracting(VolumeStats.Usage::name).containsExactly("v");
    }

    @Test
    void aDriverThatDoesNotAnswerDelaysItsOwnFiguresOnly() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        stats.ask(path -> {
            if (path.endsWith("slow")) {
                asked.incrementAndGet();
                await(answer);
            }
            return Optional.of(new VolumeUsage(1, 3, 2, 30, 10, 20));
        });
        stats.mounted("u", List.of(ofDriver("slow"), ofDriver("quick"), volume));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                assertThat(stats.round(threads)).isEqualTo(Duration.ofSeconds(10));
                told("quick", "v");
                Waiting.until("a question to the driver that does not answer", () -> asked.get() == 1);
                clock.advance(Duration.ofMinutes(2));
                stats.round(threads);
                told("quick", "v");
                assertThat(asked).as("calls of the driver that has not answered").hasValue(1);
            } finally {
                answer.countDown();
            }
            told("quick", "slow", "v");
        }
    }

    private VolumeStats.Mounted ofDriver(String name) {
        return new VolumeStats.Mounted(name, directory.resolve(name), VolumeStats.Metrics.DRIVER, Optional.empty(),
                false);
    }

    private void told(String... names) throws InterruptedException {
        Waiting.until("figures of " + List.of(names),
                () -> stats.of("u").stream().map(VolumeStats.Usage::name).toList().equals(List.of(names)));
    }

    private static void await(CountDownLatch answer) throws IOException {
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void whatIsAskedOfADriverEndsWithTheCounting() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        stats.ask(path -> {
            begun.countDown();
            try {
                await(new CountDownLatch(1));
            } finally {
                ended.countDown();
            }
            return Optional.empty();
        });
        stats.mounted("u", List.of(ofDriver("slow")));
        CountDownLatch closed = new CountDownLatch(1);
        Thread counting = Thread.ofVirtual().start(() -> {
            try {
                stats.run(closed);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        closed.countDown();
        counting.join();
        assertThat(ended.getCount()).isZero();
    }

    @Test
    void countingTakesATenthOfAProcessorAtMost() throws Exception {
        AtomicReference<Duration> step = new AtomicReference<>(Duration.ofSeconds(5));
        InstantSource slow = () -> {
            clock.advance(step.get());
            return clock.monotonic().instant();
        };
        VolumeStats counting = new VolumeStats(clock, slow);
        counting.mounted("u", List.of(volume));
        Instant before = clock.monotonic().instant();
        Duration rest = counting.round(Runnable::run);
        Duration took = Duration.between(before, clock.monotonic().instant());
        assertThat(rest).isGreaterThanOrEqualTo(Duration.ofSeconds(90))
                .isLessThanOrEqualTo(took.multipliedBy(9));
        step.set(Duration.ZERO);
        assertThat(counting.round(Runnable::run)).isEqualTo(Duration.ofSeconds(10));
    }
}
