package io.k3j.testkitmachine;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The turn of one test among those of this kernel that need the same names and addresses. It is a port of the
/// loopback interface: it belongs to the network the names are in, and ends with the process that holds it, however
/// that ends.
final class Turn implements AutoCloseable {
    private final ServerSocket held;

    private Turn(ServerSocket held) {
        this.held = held;
    }

    /// Waits for it.
    /// @throws AssertionError when another process holds it for longer than `limit`
    static Turn at(InetSocketAddress place, Duration limit) throws IOException, InterruptedException {
        List<Turn> taken = new ArrayList<>();
        Waiting.until("turn of this test", limit, () -> now(place).map(taken::add).orElse(false),
                () -> "who has it: ss -ltnp src " + place.getAddress().getHostAddress());
        return taken.getFirst();
    }

    /// Takes it if nobody has it.
    static Optional<Turn> now(InetSocketAddress place) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(place);
        } catch (BindException e) {
            socket.close();
            return Optional.empty();
        }
        return Optional.of(new Turn(socket));
    }

    @Override
    public void close() {
        try {
            held.close();
        } catch (IOException e) {
            throw new AssertionError("could not give up the turn", e);
        }
    }
}
