package io.k3j.kubelet;

import io.k3j.kubeletvolumes.VolumePreparation;
import io.k3j.kuberuntime.Backoff;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Prepares and refreshes the volumes of one pod. On the pod's thread; [#changed] on any.
final class PodVolumes {
    private static final Duration RETRY = Duration.ofSeconds(2);
    /// Between the first two Events of one reason.
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    /// Between any two of them.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(122);
    private final Dependencies tools;
    private final Consumer<Instant> syncAt;
    private final AtomicBoolean changed = new AtomicBoolean();
    private Instant refreshed = Instant.EPOCH;
    private final Backoff events = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private String told = "";
    private Instant toldAt = Instant.EPOCH;

    /// @param syncAt receives the time of the next sync
    PodVolumes(Dependencies tools, Consumer<Instant> syncAt) {
        this.tools = tools;
        this.syncAt = syncAt;
    }

    /// Marks the volumes stale, because a referenced object has changed.
    void changed() {
        changed.set(true);
    }

    /// Whether the volumes may be out of date.
    boolean stale() {
        return changed.get() || Duration.between(refreshed, tools.clock().monotonic().instant())
                .compareTo(tools.options().syncFrequency()) >= 0;
    }

    /// Prepares or refreshes the volumes.
    /// @return the host paths by name; empty when a volume is not available yet
    Optional<Map<String, Path>> prepare(Obj pod, List<String> addresses) {
        changed.set(false);
        refreshed = tools.clock().monotonic().instant();
        try {
            return there(tools.volumes().prepare(pod, addresses));
        } catch (ConfigError e) {
            return missing(pod, e);
        }
    }

    /// Starts to prepare the volumes on a thread of their own; [#joined] waits for it.
    VolumePreparation begin(Obj pod) {
        refreshed = tools.clock().monotonic().instant();
        return new VolumePreparation(pod.name(), () -> tools.volumes().prepare(pod, List.of()));
    }

    /// Waits for [#begin]; returns like [#prepare].
    /// @throws InterruptedIOException as [VolumePreparation#await]
    Optional<Map<String, Path>> joined(Obj pod, VolumePreparation volumes) throws InterruptedIOException {
        try {
            return there(volumes.await());
        } catch (ConfigError e) {
            return missing(pod, e);
        }
    }

    private Optional<Map<String, Path>> there(Map<String, Path> volumes) {
        events.reset(told);
        return Optional.of(volumes);
    }

    private Optional<Map<String, Path>> missing(Obj pod, ConfigError e) {
        Instant now = tools.clock().monotonic().instant();
        tell(pod, e.reason(), String.valueOf(e.getMessage()), now);
        syncAt.accept(now.plus(RETRY));
        return Optional.empty();
    }

    /// What is new at once; the same as rarely as upstream tries a volume (`exponentialbackoff`), though it is looked
    /// for more often here: else a pod that waits for a minute has used up the Events that it may have.
    private void tell(Obj pod, String reason, String message, Instant now) {
        if (!message.equals(told)) {
            events.reset(told);
            told = message;
        }
        if (events.remaining(message, toldAt, now).isPositive()) {
            return;
        }
        events.next(message, now);
        toldAt = now;
        tools.tell(pod, true, reason, message);
    }
}
