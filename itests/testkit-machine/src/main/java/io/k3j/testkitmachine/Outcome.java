package io.k3j.testkitmachine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What a command came to.
///
/// @param code its exit code
/// @param text what it printed, errors included
public record Outcome(int code, String text) {
    /// Runs a command to its end.
    /// @throws AssertionError when it takes longer than `limit`
    public static Outcome of(Duration limit, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("k3j-e2e", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            if (!ended) {
                throw new AssertionError("not done after " + limit + ": " + String.join(" ", command) + "\n" + text);
            }
            return new Outcome(process.exitValue(), text);
        } finally {
            Files.delete(output);
        }
    }

    /// The text of a command that must succeed.
    public static String text(List<String> command) throws IOException, InterruptedException {
        Outcome outcome = of(Duration.ofSeconds(60), Map.of(), command);
        if (outcome.code != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + outcome.code + ": " + outcome.text);
        }
        return outcome.text;
    }
}
