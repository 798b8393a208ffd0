package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// A container that the runtime does not have any more, though the API was told of it: somebody removed it, or the
/// runtime lost what it had. How it ended is then what the API was told, or not known. Upstream's
/// `convertToAPIContainerStatuses`. Pure.
///
/// @param status as the API has it
public record LostContainer(Struct status) {
    /// Of one whose end nobody saw.
    public static final int UNKNOWN_EXIT = 137;
    private static final List<String> LISTS = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");
    private static final String TERMINATED = "terminated";
    private static final String RUNNING = "running";

    /// The one of a name; empty while the runtime has one, and for one that the API knows no state of.
    public static Optional<LostContainer> of(Obj pod, PodRuntime runtime, String name) {
        if (runtime.newest(name).isPresent()) {
            return Optional.empty();
        }
        return LISTS.stream().map(list -> pod.status().seq(list).find("name", name))
                .filter(status -> !status.struct("state").isEmpty()).findFirst().map(LostContainer::new);
    }

    /// How it ended; empty for one that never began. One that ran has the end of the one before it, as long as that is
    /// known, else [#UNKNOWN_EXIT].
    public Optional<Integer> exitCode() {
        return end(status.struct("state")).or(() -> end(status.struct("lastState")))
                .or(() -> ran() ? Optional.of(UNKNOWN_EXIT) : Optional.empty());
    }

    private static Optional<Integer> end(Struct state) {
        return state.has(TERMINATED) ? Optional.of((int) state.struct(TERMINATED).whole("exitCode", UNKNOWN_EXIT))
                : Optional.empty();
    }

    /// Whether it ran when the API was told of it last.
    public boolean ran() {
        return status.struct("state").has(RUNNING);
    }

    /// How many the next one follows.
    public int attempt() {
        int before = (int) status.whole("restartCount", 0);
        return ran() || status.struct("state").has(TERMINATED) ? before + 1 : before;
    }
}
