package io.k3j.webhookclient;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many questions one webhook is asked at once, and how many wait for their turn: first come, first served. Who
/// finds too many there, or does not get his turn in time, is sent away with 429 and comes again: that is no failure
/// of the webhook, so nothing that is said about failures (`failurePolicy`) may make of it a question that was passed
/// over. Any thread; blocks while it waits.
public final class CallQueue {
    private final Bounds bounds;
    private final Semaphore turns;
    private final Shares shares;

    /// @param atOnce are asked at the same time
    /// @param most of these and of those that wait
    /// @param perUser of them, for one user; so nobody keeps the others out
    public record Bounds(int atOnce, int most, int perUser) {
    }

    /// A question.
    /// @param <T> its answer
    public interface Question<T> {
        /// Asks.
        /// @param limit all of it: what was waited is not the webhook's
        T ask(Duration limit) throws CallFailure;
    }

    /// Nobody asks yet.
    public CallQueue(Bounds bounds) {
        this.bounds = bounds;
        this.turns = new Semaphore(bounds.atOnce, true);
        this.shares = new Shares(bounds.most, bounds.perUser);
    }

    /// Asks when it is its turn.
    /// @param user for whom
    /// @param limit for waiting, and once more for asking
    /// @throws io.k3j.clientapi.ApiFault 429
    /// @throws CallFailure of the question itself, or when the thread is interrupted while it waits
    public <T> T ask(String user, Duration limit, Question<T> question) throws CallFailure {
        shares.enter(user);
        try {
            await(limit);
            try {
                return question.ask(limit);
            } finally {
                turns.release();
            }
        } finally {
            shares.leave(user);
        }
    }

    private void await(Duration limit) throws CallFailure {
        try {
            if (!turns.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw Shares.tooMany();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure("context canceled");
        }
    }

    /// Waits for those who ask; nobody begins to any more.
    /// @return whether none is left
    public boolean drained(Duration limit) {
        try {
            return turns.tryAcquire(bounds.atOnce, limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
