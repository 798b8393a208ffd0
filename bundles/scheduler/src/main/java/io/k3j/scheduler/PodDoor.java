package io.k3j.scheduler;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.InstantSource;

/// All the scheduler writes.
record PodDoor(ApiClient api, Events events, InstantSource clock) {
    /// The scheduler's name in pods and events.
    static final String SCHEDULER = "default-scheduler";

    /// Binds a pod to a node.
    /// @throws ApiFault when refused
    void bind(PodInfo pod, String node) {
        Struct binding = Struct.of("apiVersion", "v1", "kind", "Binding", "metadata",
                Struct.of("name", pod.pod().name(), "namespace", pod.namespace(), "uid", pod.uid()), "target",
                Struct.of("apiVersion", "v1", "kind", "Node", "name", node));
        api.post(Resources.PODS, pod.key(), "binding", binding);
        events.normal(pod.pod(), "Scheduled",
                "Successfully assigned " + pod.namespace() + "/" + pod.pod().name() + " to " + node);
    }

    /// Tells a claim which node its volume is wanted on.
    void select(Obj claim, String node) {
        Struct changes = Struct.of("metadata",
                Struct.of("annotations", Struct.of(LateClaim.SELECTED_NODE, node)));
        api.patch(Resources.PERSISTENT_VOLUME_CLAIMS, claim.key(), new Patch.Merge(changes), WriteOptions.PLAIN);
    }

    /// Gives a volume to a claim, as long as the volume is as it was seen; the binder shows it in the claim.
    /// @throws ApiFault 409 when somebody else was first
    void give(Obj volume, Obj claim) {
        api.update(Resources.PERSISTENT_VOLUMES, volume.with(Events.reference(claim), "spec", "claimRef").with("yes",
                "metadata", "annotations", "pv.kubernetes.io/bound-by-controller"), WriteOptions.PLAIN);
    }

    /// Says in a pod's status and by an event why it has no node; `nominated` may be empty.
    void unschedulable(PodInfo pod, String reason, String message, String nominated) {
        events.warning(pod.pod(), "FailedScheduling", message);
        Seq before = pod.pod().status().seq("conditions");
        Seq after = Conditions.with(before,
                Conditions.of("PodScheduled", false, reason, message).with("observedGeneration",
                        pod.pod().generation()),
                clock.instant());
        boolean sameNode = nominated.isEmpty() || nominated.equals(pod.nominatedNode().orElse(""));
        if (after.equals(before) && sameNode) {
            return;
        }
        Struct.Builder status = Struct.builder().put("conditions", after).putUnlessEmpty("nominatedNodeName",
                nominated);
        patchStatus(pod, status.build());
    }

    /// Makes a pod leave for another.
    void evict(PodInfo victim, PodInfo preemptor, String node) {
        Struct condition = Conditions.of("DisruptionTarget", true, "PreemptionByScheduler",
                SCHEDULER + ": preempting to accommodate a higher priority pod");
        Seq conditions = Conditions.with(victim.pod().status().seq("conditions"), condition, clock.instant());
        patchStatus(victim, Struct.of("conditions", conditions));
        try {
            api.delete(Resources.PODS, victim.key(), DeleteOptions.PLAIN.ifUid(victim.uid()));
        } catch (ApiFault fault) {
            if (fault.code() != 404 && fault.code() != 409) {
                throw fault;
            }
        }
        events.normal(victim.pod(), "Preempted", "Preempted by pod " + preemptor.uid() + " on node " + node);
    }

    private void patchStatus(PodInfo pod, Struct status) {
        try {
            Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid()), "status", status);
            api.patch(Resources.PODS, pod.key(), new Patch.Merge(changes), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() != 404 && fault.code() != 409) {
                throw fault;
            }
        }
    }
}
