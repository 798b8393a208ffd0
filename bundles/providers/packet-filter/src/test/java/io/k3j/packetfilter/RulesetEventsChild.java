package io.k3j.packetfilter;

import io.k3j.componentapi.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Runs in a network namespace of its own and prints what a listener is told.
final class RulesetEventsChild {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int MOST_LATE = 5;
    /// A call may be under way while the listener is closed; no other one begins.
    private static final int LATE_AFTER_CLOSE = 2;
    private final Semaphore told = new Semaphore(0);

    /// A change of the ruleset.
    private interface Change {
        /// Makes it.
        /// @param time how often it was made before
        void make(int time) throws IOException, InterruptedException;
    }

    public static void main(String[] none) throws Exception {
        new RulesetEventsChild().run();
    }

    private void run() throws Exception {
        NftFilter filter = new NftFilter(Health.none());
        try (filter) {
            AutoCloseable listening = filter.onForeignChange(told::release);
            say("opened", heardFirst());
            say("own", toldEachTime(MOST_LATE, time -> {
                String table = "own" + time;
                filter.apply("add table ip " + table + "\nadd set ip " + table + " s { type ipv4_addr; }\n");
                filter.apply(elements(table, 20_000));
                filter.apply("add chain ip " + table + " c\n");
            }));
            long begun = System.nanoTime();
            foreign("flush ruleset");
            say("flushed", told.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS));
            say("within a second", !Boolean.getBoolean("k3j.full") || System.nanoTime() - begun < 1_000_000_000L);
            int times = burst();
            say("burst told", times > 0);
            say("burst coalesced", times <= 2 + (System.nanoTime() - begun) / 100_000_000L);
            listening.close();
            say("after close", toldEachTime(LATE_AFTER_CLOSE, time -> foreign("add table ip unheard" + time)));
        }
        say("ended", ended());
    }

    /// Whether a listener is told of a change however often it is made: of what was before it may be told late.
    private boolean toldEachTime(int times, Change change) throws IOException, InterruptedException {
        boolean each = true;
        for (int time = 0; time < times && each; time++) {
            told.drainPermits();
            change.make(time);
            each = told.tryAcquire(300, TimeUnit.MILLISECONDS);
        }
        return each;
    }

    private static boolean ended() throws InterruptedException {
        boolean ended = true;
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            ended &= !t.getName().contains("events") || t.join(LIMIT);
        }
        return ended;
    }

    /// The thread opens its socket some time after it was asked for.
    private boolean heardFirst() throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        boolean heard = false;
        while (!heard && System.nanoTime() < end) {
            foreign("add table ip foreign", "delete table ip foreign");
            heard = told.tryAcquire(50, TimeUnit.MILLISECONDS);
        }
        while (told.tryAcquire(300, TimeUnit.MILLISECONDS)) {
            // what was told late
        }
        return heard;
    }

    private int burst() throws IOException, InterruptedException {
        for (int i = 0; i < 50; i++) {
            foreign("add table ip foreign" + i);
        }
        int times = told.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS) ? 1 : 0;
        while (told.tryAcquire(300, TimeUnit.MILLISECONDS)) {
            times++;
        }
        return times;
    }

    private static String elements(String table, int count) {
        return IntStream.range(0, count).mapToObj(i -> "10.0." + i / 250 + "." + i % 250)
                .collect(Collectors.joining(", ", "add element ip " + table + " s { ", " }\n"));
    }

    private static void foreign(String... commands) throws IOException, InterruptedException {
        for (String command : commands) {
            new ProcessBuilder("nft", command).inheritIO().start().waitFor();
        }
    }

    private static void say(String what, boolean is) {
        System.out.println(what + ": " + is);
    }
}
