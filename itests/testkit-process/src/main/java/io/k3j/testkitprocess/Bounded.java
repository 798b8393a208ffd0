package io.k3j.testkitprocess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Waits for helper programs of a test that may hang as well as what they ask.
public final class Bounded {
    private Bounded() {
    }

    /// All it prints, when it has ended.
    /// @throws AssertionError when it has not ended within the limit; it is killed then
    public static String output(Process process, String name, Duration limit) throws IOException,
            InterruptedException {
        CompletableFuture<Boolean> late = CompletableFuture.supplyAsync(() -> {
            process.destroyForcibly();
            return true;
        }, CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        if (!late.cancel(false)) {
            throw new AssertionError(name + " did not end within " + limit.toSeconds() + " s; it printed:\n" + text);
        }
        return text;
    }
}
