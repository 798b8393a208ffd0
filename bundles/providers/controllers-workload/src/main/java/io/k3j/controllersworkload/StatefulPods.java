package io.k3j.controllersworkload;

import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.ControllerRevisions;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Builds the pods and claims of a StatefulSet, by ordinal:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id>. Pure.
final class StatefulPods {
    /// The label with a pod's name.
    static final String NAME = "statefulset.kubernetes.io/pod-name";

    private StatefulPods() {
    }

    static long start(Obj set) {
        return set.spec().struct("ordinals").whole("start", 0);
    }

    static long replicas(Obj set) {
        return set.spec().whole("replicas", 1);
    }

    static String name(Obj set, long ordinal) {
        return set.name() + "-" + ordinal;
    }

    /// The ordinal of a pod name, -1 without one.
    static long ordinal(Obj set, Obj pod) {
        String prefix = set.name() + "-";
        if (!pod.name().startsWith(prefix)) {
            return -1;
        }
        try {
            return Long.parseLong(pod.name().substring(prefix.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// Whether a pod is one of the replicas, not one above or below them.
    static boolean wanted(Obj set, Obj pod) {
        long ordinal = ordinal(set, pod);
        return ordinal >= start(set) && ordinal < start(set) + replicas(set);
    }

    static boolean pending(Obj pod) {
        return Pods.phase(pod).equals("Pending");
    }

    /// Whether a pod is running, ready and not terminating.
    static boolean healthy(Obj pod) {
        return Pods.phase(pod).equals("Running") && Pods.ready(pod) && !pod.terminating();
    }

    /// A pod with the labels of its ordinal.
    static Obj identified(Obj set, Obj pod) {
        return pod.with(pod.name(), "metadata", "labels", NAME).with(Long.toString(ordinal(set, pod)), "metadata",
                "labels", "apps.kubernetes.io/pod-index");
    }

    /// The pod of an ordinal from a revision's template.
    static Obj pod(Obj set, long ordinal, Obj revision) {
        String name = name(set, ordinal);
        Struct template = revision.tree().struct("data").struct("spec").struct("template").without("$patch");
        Struct labels = template.struct("metadata").struct("labels").with("apps.kubernetes.io/pod-index",
                Long.toString(ordinal)).with(ControllerRevisions.LABEL, revision.name())
                .with(NAME, name);
        Struct spec = template.struct("spec").with("hostname", name);
        String service = set.spec().text("serviceName");
        spec = service.isEmpty() ? spec : spec.with("subdomain", service);
        Struct full = template.withAt(labels, "metadata", "labels").with("spec",
                spec.with("volumes", volumes(set, ordinal, spec)));
        return PodTemplates.pod(set, full, "name", name);
    }

    private static Seq volumes(Obj set, long ordinal, Struct spec) {
        List<Struct> volumes = new ArrayList<>();
        List<Obj> claims = claims(set, ordinal);
        for (int i = 0; i < claims.size(); i++) {
            String volume = set.spec().seq("volumeClaimTemplates").struct(i).struct("metadata").text("name");
            volumes.add(
                    Struct.of("name", volume, "persistentVolumeClaim", Struct.of("claimName", claims.get(i).name())));
        }
        for (Struct given : spec.seq("volumes").structs()) {
            if (volumes.stream().noneMatch(v -> v.text("name").equals(given.text("name")))) {
                volumes.add(given);
            }
        }
        return Seq.copyOf(volumes);
    }

    /// The names that the set of a claim may have: each part of `TEMPLATE-SET-ORDINAL` may have dashes of its own. A
    /// name's parts are few, the sets of a namespace may be many.
    static List<String> setsOf(Obj claim) {
        String name = claim.name();
        int end = name.lastIndexOf('-');
        List<String> all = new ArrayList<>();
        for (int dash = name.indexOf('-'); dash >= 0 && dash < end; dash = name.indexOf('-', dash + 1)) {
            all.add(name.substring(dash + 1, end));
        }
        return all;
    }

    /// Whether a claim has the name of one of the set's, of whatever ordinal.
    static boolean claimed(Obj set, Obj claim) {
        return set.spec().seq("volumeClaimTemplates").structs().stream()
                .map(t -> t.struct("metadata").text("name") + "-" + set.name() + "-")
                .anyMatch(prefix -> claim.name().startsWith(prefix)
                        && claim.name().substring(prefix.length()).chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    /// The claims of an ordinal.
    static List<Obj> claims(Obj set, long ordinal) {
        List<Obj> claims = new ArrayList<>();
        for (Struct template : set.spec().seq("volumeClaimTemplates").structs()) {
            Struct given = template.struct("metadata");
            Struct.Builder labels = given.struct("labels").toBuilder();
            set.spec().struct("selector").struct("matchLabels").forEach(labels::put);
            Struct metadata = Struct.builder().put("name", given.text("name") + "-" + name(set, ordinal))
                    .put("namespace", set.namespace()).putUnlessEmpty("labels", labels.build())
                    .putUnlessEmpty("annotations", given.get("annotations")).build();
            claims.add(
                    Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata", metadata, "spec",
                            template.struct("spec"))));
        }
        return claims;
    }
}
