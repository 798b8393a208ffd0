package io.k3j.ha;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// Asks a server again and again through the load balancer of an agent, each time over a connection of its own, and
/// notes when it was answered.
final class Pings {
    // each costs processes, which take the cores from the servers whose faults are watched
    private static final String LOOP = "while :; do curl -sk -m 10 -o /dev/null https://127.0.0.1:6444/ping "
            + "&& echo ${EPOCHREALTIME/[.,]/}000 >> %s; sleep 0.2; done";
    private final Path file;

    private Pings(Path file) {
        this.file = file;
    }

    /// Begins; it ends with its machine.
    static Pings on(Host agent) throws IOException {
        Pings pings = new Pings(Files.createFile(agent.machine().dir().resolve("pings.txt")));
        agent.start(LOOP.formatted(pings.file));
        return pings;
    }

    /// The longest time between two answers after a moment, in milliseconds.
    long longestPause(Instant since) throws IOException {
        long last = since.getEpochSecond() * 1_000_000_000 + since.getNano();
        long longest = 0;
        for (String line : Files.readAllLines(file)) {
            // the last line may be half written
            long at = line.length() < 19 ? 0 : Long.parseLong(line);
            if (at > last) {
                longest = Math.max(longest, at - last);
                last = at;
            }
        }
        return longest / 1_000_000;
    }
}
