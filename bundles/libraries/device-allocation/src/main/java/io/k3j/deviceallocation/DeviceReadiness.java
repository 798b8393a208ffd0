package io.k3j.deviceallocation;

import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether the devices that a claim has are ready for its pods: what their drivers have to tell before a pod is bound
/// (`bindingConditions`), and what says that it will not be (`bindingFailureConditions`). See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#device-binding-conditions>.
public enum DeviceReadiness {
    /// A pod may be bound.
    READY,
    /// Nothing is told yet, or not all of it.
    WAITING,
    /// It will not become ready, or has not in [#LONGEST].
    FAILED;

    /// Upstream's `bindingTimeout`, counted from the allocation.
    static final Duration LONGEST = Duration.ofMinutes(10);
    private static final String CONDITIONS = "bindingConditions";

    /// That of a claim with devices. Pure.
    public static DeviceReadiness of(Obj claim, Instant now) {
        Struct allocation = claim.status().struct("allocation");
        boolean all = true;
        for (Struct result : allocation.struct("devices").seq("results").structs()) {
            if (result.seq(CONDITIONS).isEmpty()) {
                continue;
            }
            Seq told = told(claim, result);
            if (result.seq("bindingFailureConditions").texts().stream().anyMatch(c -> Conditions.isTrue(told, c))) {
                return FAILED;
            }
            all &= result.seq(CONDITIONS).texts().stream().allMatch(c -> Conditions.isTrue(told, c));
        }
        return all ? READY : late(allocation, now) ? FAILED : WAITING;
    }

    private static boolean late(Struct allocation, Instant now) {
        Optional<Instant> since = Times.parse(allocation.text("allocationTimestamp"));
        return since.filter(s -> s.plus(LONGEST).isBefore(now)).isPresent();
    }

    /// What the driver says of a device; as upstream whatever part of it is meant.
    private static Seq told(Obj claim, Struct result) {
        DeviceId id = DeviceId.of(result);
        return claim.status().seq("devices").structs().stream().filter(d -> DeviceId.of(d).equals(id)).findFirst()
                .orElse(Struct.EMPTY).seq("conditions");
    }
}
