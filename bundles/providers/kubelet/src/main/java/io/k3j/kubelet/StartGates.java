package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.nodeapi.PodStartGate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/// Everybody who must have been asked before the containers of a pod start. Any thread.
final class StartGates {
    private final List<Bound> gates = new CopyOnWriteArrayList<>();

    private record Bound(PodStartGate gate, BooleanSupplier registered) {
    }

    /// @param registered whether it still is a service: one that is none any more is not asked, also where nobody takes
    /// it out, as when SCR tells its end on one thread before another one has bound it
    void add(PodStartGate gate, BooleanSupplier registered) {
        gates.add(new Bound(gate, registered));
    }

    void remove(PodStartGate gate) {
        gates.removeIf(bound -> bound.gate() == gate);
    }

    /// Asks all; blocks until all have answered.
    ///
    /// @return why the pod may not start yet; empty when it may
    String refusal(Obj pod, List<String> addresses) {
        gates.removeIf(bound -> !bound.registered().getAsBoolean());
        for (Bound bound : gates) {
            try {
                bound.gate().beforeStart(pod, addresses);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "the kubelet stops";
            } catch (RuntimeException e) {
                return String.valueOf(e.getMessage());
            }
        }
        return "";
    }
}
