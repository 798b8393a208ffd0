package io.k3j.ha;

import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.time.Duration;

/// Faults of the network between machines of one bridge: what one sends to another is dropped on its way, always or now
/// and then, and neither is told. The test itself still reaches everyone. Closing it takes all of them away.
final class Faults implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String TABLE = "bridge k3jfaults";
    private static final String CHAIN = TABLE + " between";

    private Faults() {
    }

    /// Faults that are yet to come. What an aborted test has left is taken away.
    static Faults on() throws IOException, InterruptedException {
        nft("add table " + TABLE + "; delete table " + TABLE + "; add table " + TABLE + "; add chain " + CHAIN
                + " { type filter hook forward priority 0; }");
        return new Faults();
    }

    /// Nothing goes from one to the other, nor back.
    void cut(Host one, Host other) throws IOException, InterruptedException {
        lose(100, one, other);
    }

    /// Nothing goes that way; what goes back arrives.
    void cutOneWay(Host from, Host to) throws IOException, InterruptedException {
        loseOneWay(100, from, to);
    }

    /// So many of a hundred frames are lost, both ways.
    void lose(int percent, Host one, Host other) throws IOException, InterruptedException {
        nft(rule(percent, one, other) + "; " + rule(percent, other, one));
    }

    /// So many of a hundred frames are lost, that way.
    void loseOneWay(int percent, Host from, Host to) throws IOException, InterruptedException {
        nft(rule(percent, from, to));
    }

    /// Everything arrives again.
    void heal() throws IOException, InterruptedException {
        nft("flush chain " + CHAIN);
    }

    private static String rule(int percent, Host from, Host to) {
        String random = percent == 100 ? "" : " numgen random mod 100 < " + percent;
        return "add rule " + CHAIN + " iifname " + from.machine().outer() + " oifname " + to.machine().outer() + random
                + " drop";
    }

    private static void nft(String commands) throws IOException, InterruptedException {
        Outcome outcome = Launch.of("nft", commands).run(LIMIT);
        if (outcome.code() != 0) {
            throw new AssertionError("nft " + commands + ": " + outcome.text());
        }
    }

    @Override
    public void close() {
        try {
            nft("delete table " + TABLE);
        } catch (IOException e) {
            throw new AssertionError("could not take the faults away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
