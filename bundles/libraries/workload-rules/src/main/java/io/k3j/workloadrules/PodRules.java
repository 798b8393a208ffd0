package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.AppArmorAnnotations;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// Rules of Pods.
final class PodRules implements KindRules {
    private static final long DEFAULT_GRACE_SECONDS = 30;

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return PodDefaults.pod(object);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (write.operation() == Operation.CREATE) {
            Struct pod = AppArmorAnnotations.synced(write, LabelKeys.merged(object));
            return pod.with("status", created(pod.struct("spec")));
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        return switch (write.subresource()) {
            case "" -> object.with("status", before.struct("status"));
            case "resize" -> before.with("metadata", object.struct("metadata")).with("spec",
                    PodResize.resized(before.struct("spec"), object.struct("spec")));
            case "status" -> statusOf(before, object);
            default -> object;
        };
    }

    /// The object of a status write; owner references and other metadata stay as they were.
    private static Struct statusOf(Struct before, Struct object) {
        Object owners = before.struct("metadata").get("ownerReferences");
        Struct metadata = object.struct("metadata").without("ownerReferences");
        Struct pod = object.with("metadata", owners == null ? metadata : metadata.with("ownerReferences", owners));
        Struct status = object.struct("status");
        pod = status.isEmpty() ? pod : pod.with("status", PodStatusUpdate.observed(before.struct("status"),
                PodStatusUpdate.addressed(status)));
        String quality = before.struct("status").text("qosClass");
        return quality.isEmpty() || pod.struct("status").has("qosClass") ? pod
                : pod.withAt(quality, "status", "qosClass");
    }

    private static Struct created(Struct spec) {
        Struct status = Struct.of("phase", "Pending", "qosClass", Quality.of(spec));
        if (spec.seq("schedulingGates").isEmpty()) {
            return status;
        }
        return status.with("conditions", Seq.of(Struct.of("type", "PodScheduled", "status", "False", "reason",
                "SchedulingGated", "message", "Scheduling is blocked due to non-empty scheduling gates")));
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            Struct before = write.before().orElse(Struct.EMPTY);
            PodUpdate.annotations(before, object, problems);
            PodProblems.annotations(object, before, problems);
            PodStatusUpdate.check(before, object, problems.at("status"));
        } else if (write.operation() == Operation.CREATE) {
            PodProblems.pod(object, problems);
        } else {
            PodUpdate.check(write, object, problems);
        }
    }

    /// Only pods that a node may still run have a grace period.
    @Override
    public long gracePeriodSeconds(Obj pod, long asked) {
        String phase = pod.status().text("phase");
        if (pod.spec().text("nodeName").isEmpty() || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        long own = pod.spec().whole("terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS);
        return asked >= 0 ? asked : own < 0 ? 1 : own;
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        if (write.of("status")) {
            return PodStatusUpdate.warnings(object.struct("status"));
        }
        return write.operation() == Operation.CREATE && write.subresource().isEmpty() ? PodWarnings.pod(object)
                : List.of();
    }
}
