package io.k3j.controllersautoscaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/// What was recommended for one autoscaler, and how it was scaled, for as long as windows and periods may ask. Times
/// are of the monotonic clock. One thread at a time.
final class History {
    /// The longest `stabilizationWindowSeconds`.
    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    /// The longest `periodSeconds`.
    private static final Duration LONGEST_PERIOD = Duration.ofMinutes(30);
    /// How many of each are kept; one comes every 15 seconds, more only when its spec changes all the time.
    private static final int MOST = 1_000;

    private record Note(Instant at, long number) {
    }

    private final Deque<Note> recommendations = new ArrayDeque<>();
    private final Deque<Note> scalings = new ArrayDeque<>();

    /// The first recommendation is the number of replicas that was found.
    void begin(Instant now, long replicas) {
        if (recommendations.isEmpty()) {
            recommend(now, replicas);
        }
    }

    /// Notes a recommendation.
    void recommend(Instant now, long replicas) {
        note(recommendations, new Note(now, replicas), LONGEST_WINDOW);
    }

    /// Notes that replicas were added, or taken away (below zero).
    void scaled(Instant now, long change) {
        note(scalings, new Note(now, change), LONGEST_PERIOD);
    }

    private static void note(Deque<Note> notes, Note note, Duration kept) {
        while (!notes.isEmpty()
                && (notes.size() >= MOST || notes.getFirst().at.isBefore(note.at.minus(kept)))) {
            notes.removeFirst();
        }
        notes.addLast(note);
    }

    /// The highest of some replicas and of what was recommended within a window.
    long highest(Instant now, Duration window, long replicas) {
        return recommendations.stream().filter(n -> n.at.isAfter(now.minus(window))).mapToLong(Note::number)
                .reduce(replicas, Math::max);
    }

    /// The lowest, likewise.
    long lowest(Instant now, Duration window, long replicas) {
        return recommendations.stream().filter(n -> n.at.isAfter(now.minus(window))).mapToLong(Note::number)
                .reduce(replicas, Math::min);
    }

    /// By how many there are more since a period began, all scalings together.
    long change(Instant now, Duration period) {
        return scalings.stream().filter(n -> n.at.isAfter(now.minus(period))).mapToLong(Note::number).sum();
    }
}
