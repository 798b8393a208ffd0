package io.k3j.testkitobjects;

import com.sun.management.ThreadMXBean;
import io.k3j.testkit.HostileBodies;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkit.HostileRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Sends hostile bodies one after the other and tells which cost too much: time of the processor, and memory that is
/// allocated for it in proportion to what it weighs in the budget of bodies. What lives at a time is bounded by the
/// heap of the JVM, which holds one body's work: what takes more ends in an `OutOfMemoryError`, here or on a thread of
/// the server, which is told as well.
///
/// Another series by `-Dk3j.seed=` (chance when it is not given), a longer one by `-Dk3j.bodies=`, the end of one by
/// `-Dk3j.from=`, the number of the last body that is left out.
public final class BodyCosts {
    /// The limit on CPU time of one: what is quadratic takes minutes. Beside other work on its processor the same takes
    /// twice as long, in CPU time as well.
    private static final Duration LIMIT = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 3 : 30);
    private static final int LONGEST_ANSWER = 2 << 20;
    /// Most is garbage at once. What is scanned, decoded, owned and checked takes up to twenty times what it weighs, a
    /// text of escapes most; what is quadratic takes thousands.
    private static final int ALLOCATED_PER_WEIGHT = 32;
    /// Bodies and objects that are not weighed, since they are small, take no more than this: 64 KiB of the ports of a
    /// Service with three managers take 52 MB.
    private static final long ALLOCATED_BY_SMALL = 256L << 20;
    private static final int FRAMES = 12;
    private static final int TOLD_EVERY = 100_000;
    private final ObjectServer server;
    private final long seed;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<String> costly = new ArrayList<>();
    private long slowest;
    private String slowestIs = "";
    private long hungriest;
    private String hungriestIs = "";

    private BodyCosts(ObjectServer server, long seed) {
        this.server = server;
        this.seed = seed;
    }

    /// Sends a series, and prints its seed before it and what it took after it.
    ///
    /// @param many so many when nothing else is asked for
    /// @param largeEvery one in so many is large
    /// @return what each of those was that cost too much, was answered with too much, or with a fault of the server
    public static List<String> of(ObjectServer server, HostileKinds kinds, int many, int largeEvery)
            throws IOException {
        long seed = Long.getLong("k3j.seed", Long.getLong("k3j.series", ThreadLocalRandom.current().nextLong()));
        int bodies = Integer.getInteger("k3j.bodies", many);
        System.out.println("HostileBodies: seed " + seed + ", " + bodies + " bodies");
        return new BodyCosts(server, seed).sent(new HostileBodies(seed, largeEvery, "default", kinds), bodies);
    }

    private List<String> sent(HostileBodies bodies, int many) throws IOException {
        for (HostileRequest request : bodies.begin()) {
            String answer = server.serve(request);
            if (!answer.equals("200")) {
                throw new AssertionError(request + ": " + answer);
            }
        }
        int from = Integer.getInteger("k3j.from", 0);
        bodies.skip(from);
        for (int i = from + 1; i <= many; i++) {
            sent(i, bodies.next());
            if (i == many || i % TOLD_EVERY == 0) {
                System.out.println("HostileBodies: " + i + " sent, " + costly.size() + " of them costly, "
                        + Duration.ofNanos(threads.getCurrentThreadCpuTime()) + " of a processor, the slowest "
                        + Duration.ofNanos(slowest) + ": " + slowestIs + ", the hungriest " + hungriest
                        + " bytes: " + hungriestIs);
            }
        }
        return costly;
    }

    private void sent(int number, HostileRequest request) throws IOException {
        int troubles = server.troubles().size();
        String what = cost(number, request);
        if (what.isEmpty() && server.troubles().size() > troubles) {
            what = server.troubles().getLast();
        }
        if (!what.isEmpty()) {
            costly.add("seed " + seed + ", body " + number + ": " + what + ": " + request);
        }
    }

    /// What is wrong with the answer; empty for nothing.
    private String cost(int number, HostileRequest request) throws IOException {
        long begin = threads.getCurrentThreadCpuTime();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        String answer;
        try {
            answer = server.serve(request);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return e + " " + Arrays.stream(e.getStackTrace()).limit(FRAMES).toList();
        }
        long took = threads.getCurrentThreadCpuTime() - begin;
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        if (took > slowest) {
            slowest = took;
            slowestIs = number + ": " + request;
        }
        if (allocated > hungriest) {
            hungriest = allocated;
            hungriestIs = number + " of weight " + server.weight() + ": " + request;
        }
        return took > LIMIT.toNanos() ? "took " + Duration.ofNanos(took)
                : allocated > ALLOCATED_BY_SMALL + ALLOCATED_PER_WEIGHT * server.weight()
                        ? "allocated " + allocated + " for a weight of " + server.weight()
                        : faulty(answer);
    }

    private static String faulty(String answer) {
        return answer.length() > LONGEST_ANSWER ? "an answer of " + answer.length()
                : answer.startsWith("429") || answer.startsWith("500") && !HostileBodies.known(answer) ? answer : "";
    }
}
