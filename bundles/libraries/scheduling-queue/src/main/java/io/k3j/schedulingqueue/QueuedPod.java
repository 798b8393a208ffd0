package io.k3j.schedulingqueue;

import io.k3j.schedulercache.PodInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.BiPredicate;

/// A pod in the [SchedulingQueue] and its attempts; times are of the monotonic clock. Guarded by the queue's lock, but
/// for who has taken it.
public final class QueuedPod {
    private static final int MOST_DOUBLED = 10;

    final long priority;
    /// Different for each pod, and for two of the same name.
    final String order;
    PodInfo pod;
    /// When it came.
    final Instant added;
    /// When it came or came back.
    Instant since;
    int attempts;
    /// How many attempts have ended with a rejection, and how many with an error since then.
    private int rejections;
    private int errors;
    Instant begun = Instant.MIN;
    Instant failedAt = Instant.MIN;
    /// The end of the back-off.
    Instant ready = Instant.MIN;
    /// The filters that rejected it in its last attempt.
    Set<String> plugins = Set.of();
    boolean late;
    boolean gone;
    boolean inFlight;
    /// The last event before the attempt.
    long takenAt;
    /// Whether it has changed since then, so that the attempt has looked at it as it was.
    boolean changed;

    QueuedPod(PodInfo pod, Instant since) {
        this.pod = pod;
        this.added = since;
        this.since = since;
        this.priority = pod.priority();
        this.order = pod.key() + "/" + pod.uid();
    }

    /// The pod as it is known now.
    public PodInfo pod() {
        return pod;
    }

    /// How many attempts there were, one that is under way among them.
    public int attempts() {
        return attempts;
    }

    /// When the attempt has begun.
    public Instant begun() {
        return begun;
    }

    /// When it came; how long it took until it is bound counts from then, as upstream.
    public Instant added() {
        return added;
    }

    /// Whether no event but the longest wait has brought it back.
    public boolean late() {
        return late;
    }

    /// Whether an event may help it with one of these filters, an empty set standing for all; one that no filter has
    /// rejected is helped by any event.
    boolean helped(Set<String> filters, BiPredicate<PodInfo, String> hint) {
        return plugins.isEmpty() || plugins.stream()
                .anyMatch(p -> (filters.isEmpty() || filters.contains(p)) && hint.test(pod, p));
    }

    /// An attempt begins.
    void take(Instant now, long event) {
        attempts++;
        inFlight = true;
        takenAt = event;
        changed = false;
        begun = now;
        plugins = Set.of();
    }

    /// An attempt has ended without a node.
    void returned(Instant now) {
        failedAt = now;
        since = now;
        late = false;
        ready = Instant.MIN;
    }

    /// Filters have rejected it, so that the errors before are over.
    ///
    /// @param filters those
    /// @param initial back-off after the first rejection; it doubles
    /// @param longest back-off
    void rejected(Set<String> filters, Duration initial, Duration longest) {
        plugins = filters;
        errors = 0;
        backOff(++rejections, initial, longest);
    }

    /// Its attempt has failed for another reason: the back-off is that of the errors in a row, however often it was
    /// rejected before.
    ///
    /// @return this
    QueuedPod erred(Duration initial, Duration longest) {
        backOff(++errors, initial, longest);
        return this;
    }

    private void backOff(int times, Duration initial, Duration longest) {
        Duration wait = initial.multipliedBy(1L << Math.clamp(times - 1L, 0, MOST_DOUBLED));
        ready = failedAt.plus(wait.compareTo(longest) > 0 ? longest : wait);
    }
}
