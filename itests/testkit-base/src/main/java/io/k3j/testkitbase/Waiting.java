package io.k3j.testkitbase;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Waits for what comes true by itself. A wait says nothing about how fast it does: the one limit is far beyond what a
/// loaded machine takes, and costs nothing where all is well. Whatever a look throws means "not yet", an assertion or a
/// command that was out of time as well; the last of these reasons is told when the limit is over.
public final class Waiting {
    /// How long anything is waited for, unless it takes longer by its nature.
    public static final Duration LIMIT = Duration.ofSeconds(300);
    private static final long FIRST_MILLIS = 5;
    private static final long USUAL_MILLIS = 100;
    private static final long MOST_MILLIS = 1000;
    private static final Living FOREVER = new Living() {
        @Override
        public boolean running() {
            return true;
        }

        @Override
        public AssertionError failure(String what) {
            return new AssertionError(what);
        }
    };

    private Waiting() {
    }

    /// Something that is or is not yet.
    public interface Condition {
        /// Looks once. What it throws means that it is not yet.
        boolean met() throws Exception;
    }

    /// Waits until `condition` is met.
    /// @throws AssertionError with the last reason when it is not within [#LIMIT]
    public static void until(String what, Condition condition) throws InterruptedException {
        until(what, FOREVER, condition);
    }

    /// Waits until `condition` is met, as long as `living` goes on: with its end there is nothing to wait for.
    /// @throws AssertionError at once when `living` has ended, with the end of its log; with the last reason and that
    ///         log when the condition is not met within [#LIMIT]
    public static void until(String what, Living living, Condition condition) throws InterruptedException {
        until(what, LIMIT, living, condition, () -> "");
    }

    /// The same for what takes longer by its nature, with `story` told when it is not met.
    public static void until(String what, Duration limit, Condition condition, Supplier<String> story)
            throws InterruptedException {
        until(what, limit, FOREVER, condition, story);
    }

    /// The same.
    public static void until(String what, Duration limit, Living living, Condition condition, Supplier<String> story)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long step = FIRST_MILLIS;
        while (true) {
            // before the look, which then sees all that it has done
            boolean ended = !living.running();
            long look = System.nanoTime();
            Look seen = look(condition);
            if (seen.met) {
                return;
            }
            if (ended) {
                throw failure(living, "ended, without " + what, seen, story);
            }
            if (look > end) {
                throw failure(living, "no " + what + " after " + limit.toSeconds() + " s", seen, story);
            }
            pause(between(step, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - look)));
            step = Math.min(2 * step, USUAL_MILLIS);
        }
    }

    private record Look(boolean met, @Nullable Throwable reason) {
    }

    private static Look look(Condition condition) throws InterruptedException {
        try {
            return new Look(condition.met(), null);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | AssertionError notYet) {
            return new Look(false, notYet);
        }
    }

    private static AssertionError failure(Living living, String what, Look seen, Supplier<String> story) {
        StringBuilder text = new StringBuilder(what);
        if (seen.reason != null) {
            text.append("\nlast reason: ").append(seen.reason);
        }
        String told = told(story);
        if (!told.isEmpty()) {
            text.append('\n').append(told);
        }
        AssertionError failure = living.failure(text.toString());
        if (seen.reason != null) {
            failure.addSuppressed(seen.reason);
        }
        return failure;
    }

    /// A story that cannot be told hides no failure.
    private static String told(Supplier<String> story) {
        try {
            return story.get();
        } catch (RuntimeException | AssertionError e) {
            return e.toString();
        }
    }

    /// A look that starts a program takes from what is looked at: the longer it takes, the rarer it is.
    private static long between(long step, long lookMillis) {
        return Math.clamp(2 * lookMillis, step, MOST_MILLIS);
    }

    /// Lets a moment pass between two looks.
    public static void pause() throws InterruptedException {
        pause(USUAL_MILLIS);
    }

    private static void pause(long millis) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        assert !never;
    }
}
