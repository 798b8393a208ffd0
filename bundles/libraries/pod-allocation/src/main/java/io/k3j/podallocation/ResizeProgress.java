package io.k3j.podallocation;

import io.k3j.model.Obj;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.ResizeStatus;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How far the resize of one pod has come, as its conditions and events tell it: upstream's `podResizeConditions`. Each
/// change is told once. On the pod's thread.
final class ResizeProgress {
    private static final String INFEASIBLE = "Infeasible";
    private final Resizes.Node node;
    private Optional<ResizeStatus.Condition> pending = Optional.empty();
    private Optional<ResizeStatus.Condition> running = Optional.empty();

    ResizeProgress(Resizes.Node node) {
        this.node = node;
    }

    /// Whether something is asked for that is not granted.
    boolean pending() {
        return pending.isPresent();
    }

    /// Whether something was granted that is not in force everywhere.
    boolean running() {
        return running.isPresent();
    }

    /// It is refused: for ever where that is the reason, else for now.
    void refuse(Obj asked, PodStatus.Waiting why) {
        String reason = why.reason().equals(INFEASIBLE) ? INFEASIBLE : "Deferred";
        ResizeStatus.Condition now = new ResizeStatus.Condition(reason, why.message(), asked.generation());
        boolean told = pending.filter(p -> p.reason().equals(reason) && p.generation() == now.generation()).isPresent();
        pending = Optional.of(now);
        if (!told) {
            node.tell(asked, true, "Resize" + reason,
                    ResizeMessages.of(why.reason(), asked, asked.generation(), why.message()));
        }
    }

    /// Nothing else is asked for.
    void settle() {
        pending = Optional.empty();
    }

    /// It is granted.
    void grant(Obj asked) {
        pending = Optional.empty();
        running = Optional.of(new ResizeStatus.Condition("", "", asked.generation()));
        node.tell(asked, false, "ResizeStarted", ResizeMessages.of("started", asked, asked.generation(), ""));
    }

    /// What was granted could not be put in force. That is told until it is.
    void fail(Obj given, String error) {
        ResizeStatus.Condition now = new ResizeStatus.Condition("Error", error,
                running.map(ResizeStatus.Condition::generation).orElse(given.generation()));
        if (!running.equals(Optional.of(now))) {
            running = Optional.of(now);
            node.tell(given, true, "ResizeError", ResizeMessages.of("error", given, now.generation(), error));
        }
    }

    /// What was granted is in force.
    void complete(Obj given) {
        long generation = running.map(ResizeStatus.Condition::generation).orElse(given.generation());
        running = Optional.empty();
        node.tell(given, false, "ResizeCompleted", ResizeMessages.of("completed", given, generation, ""));
    }

    /// @param shown whether the one in progress is told
    Map<String, ResizeStatus.Condition> conditions(boolean shown) {
        Map<String, ResizeStatus.Condition> all = new TreeMap<>();
        pending.ifPresent(p -> all.put("PodResizePending", p));
        running.filter(_ -> shown).ifPresent(r -> all.put("PodResizeInProgress", r));
        return all;
    }
}
