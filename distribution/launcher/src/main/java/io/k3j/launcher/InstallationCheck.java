package io.k3j.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Whether the jars that a server or agent runs from are as they were made, looked at once in each start on a thread of
/// its own.
///
/// From the page cache or a fast disk it is over about when the framework is ready, and what is damaged starts nothing.
/// A slow disk is left to the start itself: the files are read when that is over, and damage ends the process then.
final class InstallationCheck {
    /// How long a start waits for it.
    static final Duration PATIENCE = Duration.ofMillis(200);
    /// Enough for all files of any disk.
    static final Duration WHOLE = Duration.ofMinutes(1);
    /// A start that takes longer may do so because of the damage.
    private static final long LONGEST_START_SECONDS = 60;
    private static final System.Logger LOG = System.getLogger("io.k3j.launcher");

    private final Path root;
    private final Consumer<String> late;
    private final CountDownLatch seen = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile String fault = "";
    private volatile boolean givesWay;

    /// @param root of the distribution
    /// @param late is given what is wrong when nobody waits for it any more
    InstallationCheck(Path root, Consumer<String> late) {
        this.root = root;
        this.late = late;
    }

    /// Begins to look; does not block.
    void begin() {
        Thread.ofPlatform().name("checksums").daemon().start(this::look);
    }

    /// Blocks until all files have been read, or as long as the start's patience lasts. After that the look goes on
    /// when [#startIsOver] says so.
    /// @throws StartFailure when one is not as it was made, is missing, is there beside them, or cannot be read
    void await(Duration patience) throws StartFailure, InterruptedException {
        if (!seen.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            givesWay = true;
            LOG.log(System.Logger.Level.INFO, "Compares jars with their checksums after the start");
        }
        if (!fault.isEmpty()) {
            throw new StartFailure(fault);
        }
    }

    /// The process serves what it is for; the disk is free. Any thread, any number of times.
    void startIsOver() {
        started.countDown();
    }

    /// Looks; blocks as long as a start that it gives way to.
    void look() {
        fault = found();
        seen.countDown();
        if (givesWay && !fault.isEmpty()) {
            late.accept(fault);
        }
    }

    private String found() {
        try {
            return told(Checksums.fault(root, this::giveWay));
        } catch (IOException | RuntimeException e) {
            return told(e.toString());
        }
    }

    private String told(String what) {
        return what.isEmpty() ? "" : "the installation in " + root + " is damaged: " + what
                + "; install this release again by its install.sh, or go back to the one before:"
                + " k3s upgrade --rollback";
    }

    private void giveWay() {
        try {
            if (givesWay && !started.await(LONGEST_START_SECONDS, TimeUnit.SECONDS)) {
                started.countDown();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
