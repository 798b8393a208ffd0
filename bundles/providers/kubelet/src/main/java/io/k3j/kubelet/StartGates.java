package io.k3j.kubelet;

import io.k3j.componentbase.BoundServices;
import io.k3j.componentbase.LimitedCalls;
import io.k3j.model.Obj;
import io.k3j.nodeapi.PodStartGate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// Everybody who must have been asked before the containers of a pod start. One that does not come back keeps the pod
/// from starting, which is asked for again, and nothing else: neither its end nor other pods. Any thread.
final class StartGates {
    /// Twice what [PodStartGate] may block for.
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// How many pods one gate may be asked about at once.
    private static final int MOST = 512;
    private final BoundServices<Asked> gates = new BoundServices<>();
    private final Duration limit;

    /// A gate, and its own way to be asked: what one keeps is missed by no other.
    private record Asked(PodStartGate gate, LimitedCalls calls) {
    }

    StartGates() {
        this(LIMIT);
    }

    /// @param limit how long the answer of one gate is waited for
    StartGates(Duration limit) {
        this.limit = limit;
    }

    /// @param registered whether it still is a service: one that is none any more is not asked
    void add(PodStartGate gate, BooleanSupplier registered) {
        Asked asked = new Asked(gate, new LimitedCalls("kubelet-gate", MOST));
        gates.replace(one -> one.gate == gate, asked, registered);
    }

    void remove(PodStartGate gate) {
        gates.removeIf(asked -> asked.gate == gate);
    }

    /// Asks all; blocks until all have answered, or one has refused, each for the limit at most.
    ///
    /// @return why the pod may not start yet; empty when it may
    String refusal(Obj pod, List<String> addresses) {
        for (Asked asked : gates.present()) {
            try {
                asked.calls.call(() -> {
                    asked.gate.beforeStart(pod, addresses);
                    return true;
                }, limit);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "the kubelet stops";
            } catch (TimeoutException | RejectedExecutionException e) {
                return asked.gate.getClass().getName() + " " + e.getMessage();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                return cause == null || cause.getMessage() == null
                        ? asked.gate.getClass().getName() + " failed: " + cause
                        : cause.getMessage();
            }
        }
        return "";
    }
}
