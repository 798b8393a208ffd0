package io.k3j.kubelet;

import io.k3j.componentbase.BoundServices;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PodStartGate;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Everybody who must have been asked before the containers of a pod start. Any thread.
final class StartGates {
    private final BoundServices<PodStartGate> gates = new BoundServices<>();

    /// @param registered whether it still is a service: one that is none any more is not asked
    void add(PodStartGate gate, BooleanSupplier registered) {
        gates.add(gate, registered);
    }

    void remove(PodStartGate gate) {
        gates.remove(gate);
    }

    /// Asks all; blocks until all have answered.
    ///
    /// @return why the pod may not start yet; empty when it may
    String refusal(Obj pod, List<String> addresses) {
        for (PodStartGate gate : gates.present()) {
            try {
                gate.beforeStart(pod, addresses);
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
