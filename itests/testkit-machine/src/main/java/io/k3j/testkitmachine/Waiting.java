package io.k3j.testkitmachine;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/// Waits for what comes true by itself on machines: [io.k3j.testkitbase.Waiting], with limits that tests of machines
/// have given.
public final class Waiting {
    private Waiting() {
    }

    /// Something that is or is not yet.
    public interface Condition {
        /// Looks once. What it throws means that it is not yet.
        boolean met() throws IOException, InterruptedException;
    }

    /// Waits until `condition` is met; no limit is shorter than [io.k3j.testkitbase.Waiting#LIMIT].
    /// @throws AssertionError with the last reason and `story` when it is not within `limit`
    public static void until(String what, Duration limit, Condition condition, Supplier<String> story)
            throws IOException, InterruptedException {
        Duration usual = io.k3j.testkitbase.Waiting.LIMIT;
        Duration most = limit.compareTo(usual) > 0 ? limit : usual;
        io.k3j.testkitbase.Waiting.until(what, most, condition::met, story);
    }

    /// Lets a moment pass between two looks.
    public static void pause() throws InterruptedException {
        io.k3j.testkitbase.Waiting.pause();
    }
}
