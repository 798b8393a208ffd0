package io.k3j.scheduler;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// All writes of the scheduler.
record PodBinder(ApiClient api, Events events, InstantSource clock, Extenders extenders) {
    /// The name of the scheduler in pods and events, but for those of other profiles.
    static final String SCHEDULER = SchedulerProfile.DEFAULT_NAME;
    /// Of an Event's message, as upstream.
    private static final int EVENT_CHARS = 1_024;
    private static final String CUT = " ...";
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");

    /// Without extenders.
    PodBinder(ApiClient api, Events events, InstantSource clock) {
        this(api, events, clock, Extenders.NONE);
    }

    /// Binds a pod to a node, or has it bound by an extender.
    /// @throws ApiFault when the binding is refused
    void bind(PodInfo pod, String node) {
        try {
            if (!extenders.bind(pod, node)) {
                post(pod, node);
            }
        } catch (ExtenderFailure e) {
            throw new ApiFault(503, "ServiceUnavailable", String.valueOf(e.getMessage()), Struct.EMPTY);
        }
        events.tellAs(pod.schedulerName(), Events.reference(pod.pod()), "Normal", "Scheduled",
                "Successfully assigned " + pod.namespace() + "/" + pod.pod().name() + " to " + node);
    }

    private void post(PodInfo pod, String node) {
        Struct binding = Struct.of("apiVersion", "v1", "kind", "Binding", "metadata",
                Struct.of("name", pod.pod().name(), "namespace", pod.namespace(), "uid", pod.uid()), "target",
                Struct.of("apiVersion", "v1", "kind", "Node", "name", node));
        api.post(BuiltinResources.PODS, pod.key(), "binding", binding);
    }

    /// Writes a claim or a volume, if it is unchanged: a node is selected for its provisioner, or the volume binder
    /// completes the binding.
    ///
    /// @return what was written
    /// @throws ApiFault 409 when the object has changed
    Obj bindVolume(Obj wanted) {
        return api.update(wanted.namespace().isEmpty()
                ? BuiltinResources.PERSISTENT_VOLUMES
                : BuiltinResources.PERSISTENT_VOLUME_CLAIMS, wanted, WriteOptions.PLAIN);
    }

    /// Reports a pod that got no node, as [#unschedulable]. What is refused is reported again with the next attempt, if
    /// that fails too.
    void report(PodInfo pod, String reason, String message, @Nullable String nominated) {
        try {
            unschedulable(pod, reason, message, nominated);
        } catch (ApiFault fault) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot report pod pod=" + pod.key() + " error=" + fault.getMessage());
        }
    }

    /// Reports a pod that got no node, by condition and event; the event has the beginning of a long message.
    ///
    /// @param nominated the node on which room is made for it, empty to take back a nomination, null to leave it
    void unschedulable(PodInfo pod, String reason, String message, @Nullable String nominated) {
        events.tellAs(pod.schedulerName(), Events.reference(pod.pod()), "Warning", "FailedScheduling",
                message.length() <= EVENT_CHARS
                        ? message
                        : message.substring(0, EVENT_CHARS - CUT.length()) + CUT);
        Seq before = pod.pod().status().seq("conditions");
        Seq after = Conditions.with(before,
                Conditions.of("PodScheduled", false, reason, message).with("observedGeneration",
                        pod.pod().generation()),
                clock.instant());
        boolean sameNode = nominated == null || nominated.equals(pod.nominatedNode().orElse(""));
        if (after.equals(before) && sameNode) {
            return;
        }
        Struct status = Struct.of("conditions", Seq.of(after.find("type", "PodScheduled")));
        patchStatus(pod, sameNode ? status : status.with("nominatedNodeName", nodeName(nominated)));
    }

    /// Writes on which node the room of a pod is kept, where the pod does not say so already.
    void keep(PodInfo pod, String node) {
        if (!node.equals(pod.nominatedNode().orElse(""))) {
            nominate(pod, node);
        }
    }

    /// Writes on which node the room of a pod is kept; empty takes it back. Whatever the pod at hand says: it may be
    /// older than what was written last.
    void nominate(PodInfo pod, String node) {
        patchStatus(pod, Struct.of("nominatedNodeName", nodeName(node)));
    }

    private static Object nodeName(@Nullable String node) {
        return node == null || node.isEmpty() ? Null.NULL : node;
    }

    /// Evicts a victim of preemption; one that is terminating already is left alone.
    void evict(PodInfo victim, PodInfo preemptor, String node) {
        if (victim.terminating()) {
            return;
        }
        Struct wanted = Conditions.of("DisruptionTarget", true, "PreemptionByScheduler",
                preemptor.schedulerName() + ": preempting to accommodate a higher priority pod")
                .with("observedGeneration", victim.pod().generation());
        Seq conditions = Conditions.with(victim.pod().status().seq("conditions"), wanted, clock.instant());
        patchStatus(victim, Struct.of("conditions", Seq.of(conditions.find("type", "DisruptionTarget"))));
        try {
            api.delete(BuiltinResources.PODS, victim.key(), DeleteOptions.PLAIN.ifUid(victim.uid()));
        } catch (ApiFault fault) {
            if (fault.code() != 404 && fault.code() != 409) {
                throw fault;
            }
        }
        events.tellAs(preemptor.schedulerName(), Events.reference(victim.pod()), "Normal", "Preempted",
                "Preempted by pod " + preemptor.uid() + " on node " + node);
    }

    /// Conditions of others, which may be newer than the pod that was looked at, stay as they are.
    private void patchStatus(PodInfo pod, Struct status) {
        try {
            Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid()), "status", status);
            api.patch(BuiltinResources.PODS, pod.key(), new Patch.Strategic(changes), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() != 404 && fault.code() != 409) {
                throw fault;
            }
        }
    }
}
