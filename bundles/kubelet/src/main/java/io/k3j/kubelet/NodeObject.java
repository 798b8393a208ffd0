package io.k3j.kubelet;

import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeReadiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The Node this kubelet registers and its status; pure. Labels and annotations are K3s'.
final class NodeObject {
    private static final int MAX_IMAGES = 50;
    private static final int MAX_NAMES = 5;
    private final Options options;
    private final Settings settings;
    private final NodeFacts facts;

    NodeObject(Options options, Settings settings, NodeFacts facts) {
        this.options = options;
        this.settings = settings;
        this.facts = facts;
    }

    /// The object to create.
    Obj fresh() {
        Map<String, String> labels = new TreeMap<>(labels());
        for (String l : settings.nodeLabel()) {
            int eq = l.indexOf('=');
            labels.put(eq < 0 ? l : l.substring(0, eq), eq < 0 ? "" : l.substring(eq + 1));
        }
        List<Struct> taints = new ArrayList<>();
        for (String t : settings.nodeTaint()) {
            taints.add(taint(t));
        }
        Struct spec = Struct.builder().put("providerID", "k3s://" + options.nodeName()).putUnlessEmpty("taints", taints)
                .build();
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", options.nodeName(),
                "labels", labels, "annotations", annotations()), "spec", spec));
    }

    private static Struct taint(String text) {
        int colon = text.lastIndexOf(':');
        String effect = colon < 0 ? "NoSchedule" : text.substring(colon + 1);
        String rest = colon < 0 ? text : text.substring(0, colon);
        int eq = rest.indexOf('=');
        return Struct.builder().put("key", eq < 0 ? rest : rest.substring(0, eq))
                .putUnlessEmpty("value", eq < 0 ? "" : rest.substring(eq + 1)).put("effect", effect).build();
    }

    /// The labels the node must carry.
    Map<String, String> labels() {
        String arch = facts.info().text("architecture");
        Map<String, String> all = new TreeMap<>(Map.of("kubernetes.io/hostname", options.nodeName(), "kubernetes.io/os",
                "linux", "kubernetes.io/arch", arch, "beta.kubernetes.io/os", "linux", "beta.kubernetes.io/arch", arch,
                "node.kubernetes.io/instance-type", "k3s", "beta.kubernetes.io/instance-type", "k3s"));
        return all;
    }

    /// The labels of a server, which a node may not give itself.
    Map<String, String> roles() {
        return settings.controlPlane() ? Map.of("node-role.kubernetes.io/control-plane", "true") : Map.of();
    }

    /// The annotations the node must carry.
    Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>();
        all.put("alpha.kubernetes.io/provided-node-ip", String.join(",", facts.addresses()));
        all.put("k3s.io/hostname", options.nodeName());
        all.put("k3s.io/internal-ip", String.join(",", facts.addresses()));
        if (settings.nodeExternalIp().length > 0) {
            all.put("k3s.io/external-ip", String.join(",", settings.nodeExternalIp()));
        }
        all.putAll(StartAnnotations.of(settings.nodeArgs(), settings.nodeEnv()));
        all.put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
        return all;
    }

    /// The node as it should be, given the one that is there.
    Obj registered(Obj node) {
        Obj wanted = node;
        for (Map.Entry<String, String> e : labels().entrySet()) {
            wanted = wanted.with(e.getValue(), "metadata", "labels", e.getKey());
        }
        for (Map.Entry<String, String> e : annotations().entrySet()) {
            wanted = wanted.with(e.getValue(), "metadata", "annotations", e.getKey());
        }
        return wanted.spec().text("providerID").isEmpty()
                ? wanted.with("k3s://" + options.nodeName(), "spec", "providerID") : wanted;
    }

    /// What is known at one instant.
    ///
    /// @param runtime version as `containerd://1.6.20`
    /// @param diskBytes size of the file system pods write to
    /// @param pressures types of conditions that are true, as `MemoryPressure`
    record Now(Instant at, RuntimeReadiness readiness, String runtime, List<Image> images, long diskBytes,
            Set<String> pressures) {
    }

    /// The status, with foreign fields kept; `old` tells since when conditions have been so, and what else the node
    /// has been given: extended resources, all of which pods may have. See
    /// <https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/>.
    Struct status(Struct old, Now now) {
        Struct amounts = Struct.of("cpu", Integer.toString(facts.cpus()), "ephemeral-storage",
                now.diskBytes() / 1024 + "Ki", "hugepages-1Gi", "0", "hugepages-2Mi", "0", "memory",
                facts.memory() / 1024 + "Ki", "pods", Long.toString(options.number("max-pods", 110)));
        Struct.Builder capacity = old.struct("capacity").toBuilder();
        amounts.forEach(capacity::put);
        Struct all = capacity.build();
        Struct allocatable = all.with("ephemeral-storage", Long.toString(now.diskBytes() * 95 / 100));
        Struct.Builder b = old.toBuilder();
        b.put("addresses", addresses()).put("allocatable", allocatable).put("capacity", all);
        b.put("conditions", conditions(old, now));
        b.put("daemonEndpoints", Struct.of("kubeletEndpoint", Struct.of("Port",
                Long.parseLong(settings.kubeletPort()))));
        b.putUnlessEmpty("images", images(now.images()));
        b.put("nodeInfo", facts.info().with("containerRuntimeVersion", now.runtime()));
        b.put("runtimeHandlers", Seq.of(Struct.of("features", Struct.of("recursiveReadOnlyMounts", false,
                "userNamespaces", false), "name", "")));
        return b.build();
    }

    private Seq addresses() {
        List<Struct> all = new ArrayList<>();
        facts.addresses().forEach(a -> all.add(Struct.of("type", "InternalIP", "address", a)));
        for (String a : settings.nodeExternalIp()) {
            all.add(Struct.of("type", "ExternalIP", "address", a));
        }
        all.add(Struct.of("type", "Hostname", "address", options.nodeName()));
        return Seq.copyOf(all);
    }

    private static Seq images(List<Image> images) {
        return Seq
                .copyOf(images.stream().sorted(Comparator.comparingLong(Image::sizeBytes).reversed()).limit(MAX_IMAGES)
                        .map(i -> {
                            List<String> names = new ArrayList<>(i.digests());
                            names.addAll(i.tags());
                            return Struct.of("names", names.stream().limit(MAX_NAMES).toList(), "sizeBytes",
                                    i.sizeBytes());
                        }).toList());
    }

    private static Seq conditions(Struct old, Now now) {
        boolean runtime = now.readiness().runtime();
        boolean ready = runtime && now.readiness().network();
        boolean memory = now.pressures().contains("MemoryPressure");
        boolean disk = now.pressures().contains("DiskPressure");
        String missing = "container runtime " + (runtime ? "network " : "") + "not ready: " + now.readiness().message();
        List<Struct> all = new ArrayList<>();
        all.add(memory ? word("MemoryPressure", true, "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available")
                : word("MemoryPressure", false, "KubeletHasSufficientMemory",
                        "kubelet has sufficient memory available"));
        all.add(disk ? word("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
                : word("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"));
        all.add(word("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"));
        all.add(ready ? word("Ready", true, "KubeletReady", "kubelet is posting ready status")
                : word("Ready", false, "KubeletNotReady", missing));
        Seq before = old.seq("conditions");
        List<Struct> timed = new ArrayList<>();
        all.forEach(c -> timed.add(timed(c, before.find("type", c.text("type")), now.at())));
        before.structs().stream().filter(c -> all.stream().noneMatch(a -> a.text("type").equals(c.text("type"))))
                .forEach(timed::add);
        return Seq.copyOf(timed);
    }

    private static Struct word(String type, boolean holds, String reason, String message) {
        return Struct.of("type", type, "status", holds ? "True" : "False", "reason", reason, "message", message);
    }

    private static Struct timed(Struct condition, Struct old, Instant now) {
        boolean same = old.text("status").equals(condition.text("status"));
        return Struct.of("type", condition.text("type"), "status", condition.text("status"), "lastHeartbeatTime",
                Times.seconds(now), "lastTransitionTime", same ? old.text("lastTransitionTime") : Times.seconds(now),
                "reason", condition.text("reason"), "message", condition.text("message"));
    }
}
