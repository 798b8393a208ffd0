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
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Semaphore told = new Semaphore(0);

    public static void main(String[] none) throws Exception {
        new RulesetEventsChild().run();
    }

    private void run() throws Exception {
        NftFilter filter = new NftFilter(Health.none());
        try (filter) {
            AutoCloseable listening = filter.onForeignChange(told::release);
            say("opened", heardFirst());
            filter.apply("add table ip own\nadd set ip own s { type ipv4_addr; }\n");
            filter.apply(elements(20_000));
            filter.apply("add chain ip own c\n");
            say("own", told.tryAcquire(300, TimeUnit.MILLISECONDS));
            long begun = System.nanoTime();
            foreign("flush ruleset");
            say("flushed", told.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS));
            say("within a second", !Boolean.getBoolean("k3j.full") || System.nanoTime() - begun < 1_000_000_000L);
            int times = burst();
            say("burst told", times > 0);
            say("burst coalesced", times <= 2 + (System.nanoTime() - begun) / 100_000_000L);
            listening.close();
            foreign("add table ip unheard");
            say("after close", told.tryAcquire(300, TimeUnit.MILLISECONDS));
        }
        say("ended", Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().contains("events")));
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
        int times = 0;
        while (told.tryAcquire(300, TimeUnit.MILLISECONDS)) {
            times++;
        }
        return times;
    }

    private static String elements(int count) {
        return IntStream.range(0, count).mapToObj(i -> "10.0." + i / 250 + "." + i % 250)
                .collect(Collectors.joining(", ", "add element ip own s { ", " }\n"));
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
