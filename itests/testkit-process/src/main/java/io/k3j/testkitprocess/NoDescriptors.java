package io.k3j.testkitprocess;

import com.sun.management.OperatingSystemMXBean;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// This process without a free file descriptor, until it is closed. What a test needs meanwhile it opens before.
public final class NoDescriptors implements AutoCloseable {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
            .getOperatingSystemMXBean();
    private static final int MORE = 100;
    private static final int MOST = 10_000;
    private static final int LOOKS = 20;
    private static final int BUSY_PERCENT = 50;
    private final List<FileInputStream> hoard = new ArrayList<>();
    private final String before;

    private NoDescriptors(String before) {
        this.before = before;
    }

    /// Lowers the limit to little more than is open, and opens the rest.
    public static NoDescriptors begin() throws IOException, InterruptedException {
        // what opens files when it is asked for the first time, here or by a logger
        worked();
        System.getLogger("io.k3j.testkitprocess").log(System.Logger.Level.INFO, "no descriptors from now on");
        NoDescriptors none = new NoDescriptors(limited("--noheadings", "--output", "SOFT", "--nofile").strip());
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            limited("--nofile=" + (open.count() + MORE) + ":");
        }
        try {
            while (none.hoard.size() < MOST) {
                none.hoard.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException usedUp) {
            return none;
        }
        none.close();
        throw new IllegalStateException("the limit does not hold");
    }

    /// How much of a processor this process takes, in percent, over so many milliseconds. It is looked at again while
    /// that is much: what is compiled in the background comes to an end, a busy loop does not.
    public static long percent(long millis) throws InterruptedException {
        long percent = BUSY_PERCENT;
        for (int i = 0; i < LOOKS && percent >= BUSY_PERCENT; i++) {
            percent = taken(millis);
        }
        return percent;
    }

    private static long taken(long millis) throws InterruptedException {
        long from = System.nanoTime();
        long worked = worked();
        boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        assert !never;
        return (worked() - worked) * 100 / (System.nanoTime() - from);
    }

    private static long worked() {
        return SYSTEM.getProcessCpuTime();
    }

    /// Not by a [Launch], which opens files to keep what a program prints: they would be counted, or could not be
    /// opened.
    private static String limited(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("prlimit", "--pid", Long.toString(ProcessHandle.current().pid())));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
        return said;
    }

    @Override
    public void close() throws IOException {
        for (FileInputStream one : hoard) {
            one.close();
        }
        hoard.clear();
        try {
            limited("--nofile=" + before + ":");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
