package io.k3j.kubelet;

import io.k3j.model.Obj;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The volumes of one pod as its worker makes them and keeps them fresh. For the pod's thread; [#changed] for any.
final class PodVolumes {
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private final Tools tools;
    private final Consumer<Instant> at;
    private final AtomicBoolean changed = new AtomicBoolean();
    private Instant refreshed = Instant.EPOCH;

    /// @param at told when to look again
    PodVolumes(Tools tools, Consumer<Instant> at) {
        this.tools = tools;
        this.at = at;
    }

    /// What they show has changed.
    void changed() {
        changed.set(true);
    }

    /// Whether what they show may be older than it should be.
    boolean stale() {
        return changed.get() || Duration.between(refreshed, tools.clock().monotonic().instant())
                .compareTo(tools.options().syncEvery()) >= 0;
    }

    /// Makes or refreshes them.
    /// @return where they lie, empty when one cannot be made yet
    Optional<Map<String, Path>> prepare(Obj pod, List<String> addresses) {
        changed.set(false);
        refreshed = tools.clock().monotonic().instant();
        try {
            return Optional.of(tools.volumes().prepare(pod, addresses));
        } catch (ConfigProblem e) {
            return missing(pod, e);
        }
    }

    /// Begins to make them on a thread of its own; to be waited for with [#joined].
    CompletableFuture<Map<String, Path>> begin(Obj pod) {
        refreshed = tools.clock().monotonic().instant();
        CompletableFuture<Map<String, Path>> volumes = new CompletableFuture<>();
        Thread.ofVirtual().name("volumes-" + pod.name()).start(() -> {
            try {
                volumes.complete(tools.volumes().prepare(pod, List.of()));
            } catch (RuntimeException e) {
                volumes.completeExceptionally(e);
            }
        });
        return volumes;
    }

    /// Waits for what has begun; answers as [#prepare].
    Optional<Map<String, Path>> joined(Obj pod, CompletableFuture<Map<String, Path>> volumes) {
        try {
            return Optional.of(volumes.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof ConfigProblem p) {
                return missing(pod, p);
            }
            throw e;
        }
    }

    private Optional<Map<String, Path>> missing(Obj pod, ConfigProblem e) {
        tools.tell(pod, true, e.reason(), String.valueOf(e.getMessage()));
        at.accept(tools.clock().monotonic().instant().plus(AGAIN));
        return Optional.empty();
    }
}
