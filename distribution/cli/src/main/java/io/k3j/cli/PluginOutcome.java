package io.k3j.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What becomes of a jar that was put into the plug-in directory, asked of the server that has found it there. Told
/// once; blocks while the server answers.
final class PluginOutcome {
    /// After how long nobody is asked any more: a plug-in has 30 s to start and as many to become healthy.
    static final Duration LIMIT = Duration.ofSeconds(70);
    private static final int SHORT_DIGEST = 12;
    private static final String MESSAGE = "message ";
    private static final String SINCE = " since ";
    private final Jar jar;
    private final Server server;
    private final InstantSource clock;

    /// A jar as it was put.
    ///
    /// @param name under which it lies in the directory
    /// @param digest its SHA-256, hexadecimal
    /// @param put when; what was said before is about another one
    record Jar(String name, String digest, Instant put) {
    }

    /// The running server.
    interface Server {
        /// The lines of its answer, complaints left out.
        /// @throws UsageFailure when there is none
        List<String> ask(String... words);
    }

    PluginOutcome(Jar jar, Server server, InstantSource clock) {
        this.jar = jar;
        this.server = server;
        this.clock = clock;
    }

    /// Asks once.
    /// @return what has become of it, in a line or several; empty as long as that is open
    Optional<String> look() {
        try {
            return running().or(this::refused).or(this::late);
        } catch (UsageFailure away) {
            return Optional.of("no server answers; " + jar.name() + " is plugged in when one is started");
        }
    }

    /// By its bytes: a row of `k3s bundle ls` names them.
    private Optional<String> running() {
        String bytes = "+" + jar.digest().substring(0, SHORT_DIGEST);
        return server.ask("ls").stream().map(row -> row.strip().split(" +"))
                .filter(row -> row.length > 3 && row[1].endsWith(bytes) && row[2].equals("ACTIVE")
                        && row[3].equals("OK"))
                .map(row -> "runs: " + row[0] + " " + row[1]).findFirst();
    }

    private Optional<String> refused() {
        List<String> lines = server.ask("component", "status", "plugins/" + jar.name());
        boolean ours = lines.stream().filter(line -> line.contains(SINCE))
                .anyMatch(line -> !said(line).isBefore(jar.put()));
        return ours
                ? Optional.of("does not run: " + lines.stream().filter(line -> line.startsWith(MESSAGE))
                        .map(line -> line.substring(MESSAGE.length()).strip()).collect(Collectors.joining("\n  ")))
                : Optional.empty();
    }

    private static Instant said(String line) {
        try {
            return Instant.parse(line.substring(line.indexOf(SINCE) + SINCE.length()).strip());
        } catch (DateTimeParseException other) {
            return Instant.MIN;
        }
    }

    private Optional<String> late() {
        return clock.instant().isBefore(jar.put().plus(LIMIT))
                ? Optional.empty()
                : Optional.of("is not healthy after " + LIMIT.toSeconds() + " s; see: k3s component ls");
    }
}
