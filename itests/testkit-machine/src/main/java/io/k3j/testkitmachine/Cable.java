package io.k3j.testkitmachine;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.stream.Stream;

/// The cable of a machine, a veth pair, by whose number all that belongs to the machine is called. The pair goes with
/// the machine's network; the number is nobody else's until it is closed.
///
/// @param turn holds the number
record Cable(int number, Turn turn) implements AutoCloseable {
    private static final int MOST = 250;
    private static final int PORT = 10213;

    /// Makes one with a number that nobody in this network has.
    static Cable free() throws IOException, InterruptedException {
        for (int n = 1; n <= MOST; n++) {
            Optional<Turn> turn = Turn.now(new InetSocketAddress("127.213.0." + n, PORT));
            if (turn.isPresent()) {
                Cable cable = new Cable(n, turn.get());
                if (cable.made().code() == 0) {
                    return cable;
                }
                cable.close();
            }
        }
        throw new AssertionError("no free cable among kj1 … kj" + MOST);
    }

    private Outcome made() throws IOException, InterruptedException {
        return ip("link", "add", outer(), "type", "veth", "peer", "name", inner());
    }

    private static Outcome ip(String... words) throws IOException, InterruptedException {
        return Launch.of(Stream.concat(Stream.of("ip"), Stream.of(words)).toList()).run(Waiting.LIMIT);
    }

    /// The end that the test holds.
    String outer() {
        return "kj" + number;
    }

    /// The other end, until it is plugged in.
    String inner() {
        return "kjp" + number;
    }

    /// Takes it down, and puts a new one in its place: the old one goes with the machine's network.
    void cut() throws IOException, InterruptedException {
        String old = "kjx" + number;
        ip("link", "set", outer(), "down");
        ip("link", "set", outer(), "name", old);
        made();
    }

    /// Takes away what [#cut] has left.
    void clear() throws IOException, InterruptedException {
        ip("link", "del", "kjx" + number);
    }

    /// Takes the pair away.
    void remove() throws IOException, InterruptedException {
        ip("link", "del", outer());
    }

    /// The number is free.
    @Override
    public void close() {
        turn.close();
    }
}
