package io.k3j.nodestatus;

import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeReadiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The Node this kubelet registers and its status; pure. Any thread. Labels and annotations are K3s'. Field names are
/// those of the API. What others write into the Node (addresses of cloud providers excepted) is kept. See
/// <https://kubernetes.io/docs/reference/node/node-labels/> and
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/>.
public final class NodeObject {
    /// Upstream's `MaxNamesPerImageInNodeStatus`.
    private static final int MAX_NAMES = 5;
    /// What a node of another cloud waits with until its controller has told the rest.
    private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized=true:NoSchedule";
    /// By which annotation below `k3s.io/` the cloud controller reads addresses of a type.
    private static final Map<String, String> ANNOTATED = Map.of("InternalIP", "internal-ip", "ExternalIP",
            "external-ip", "InternalDNS", "internal-dns", "ExternalDNS", "external-dns");
    private final NodeSettings settings;
    private final MachineInfo facts;
    private final Supplier<Set<String>> pressures;
    private final Supplier<Devices> devices;
    private final UnaryOperator<Struct> hugePages;

    /// What the node has by its plug-ins, in devices by resource.
    ///
    /// @param capacity all of them
    /// @param allocatable those that pods may have
    public record Devices(Map<String, Long> capacity, Map<String, Long> allocatable) {
    }

    /// A node without devices of plug-ins and huge pages.
    /// @param settings the flags; `maxPods` is asked again for each status
    /// @param facts of the machine it runs on
    /// @param pressures types of the conditions that are true for want of something, as `MemoryPressure`; asked for
    /// each status
    public NodeObject(NodeSettings settings, MachineInfo facts, Supplier<Set<String>> pressures) {
        this(settings, facts, pressures, () -> new Devices(Map.of(), Map.of()), UnaryOperator.identity());
    }

    /// The same with devices of plug-ins and huge pages.
    /// @param devices asked for each status
    /// @param hugePages makes of capacities, for each status, such with the huge pages that there are
    public NodeObject(NodeSettings settings, MachineInfo facts, Supplier<Set<String>> pressures,
            Supplier<Devices> devices, UnaryOperator<Struct> hugePages) {
        this.devices = devices;
        this.hugePages = hugePages;
        this.settings = settings;
        this.facts = facts;
        this.pressures = pressures;
    }

    Set<String> pressures() {
        return pressures.get();
    }

    NodeSettings settings() {
        return settings;
    }

    /// The object to create. Taints of the flags are in it and nowhere else.
    Obj fresh() {
        Map<String, String> labels = CloudLabels.joined(labels(), given(), settings.cloud().own());
        List<Struct> taints = new ArrayList<>();
        for (String t : settings.taints()) {
            taints.add(taint(t));
        }
        if (settings.cloud().external()) {
            taints.add(taint(UNINITIALIZED));
        }
        Struct spec = Struct.builder().putUnlessEmpty("providerID", providerId()).putUnlessEmpty("taints", taints)
                .build();
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", settings.name(),
                "labels", labels, "annotations", annotations()), "spec", spec));
    }

    /// What the node is told, else that of K3s' own cloud; empty where another cloud gives it.
    private String providerId() {
        String given = settings.cloud().providerId();
        return !given.isEmpty() ? given : settings.cloud().own() ? "k3s://" + settings.name() : "";
    }

    /// @param text `key=value:Effect`; without an effect it is `NoSchedule`
    private static Struct taint(String text) {
        int colon = text.lastIndexOf(':');
        String effect = colon < 0 ? "NoSchedule" : text.substring(colon + 1);
        String rest = colon < 0 ? text : text.substring(0, colon);
        int eq = rest.indexOf('=');
        return Struct.builder().put("key", eq < 0 ? rest : rest.substring(0, eq))
                .putUnlessEmpty("value", eq < 0 ? "" : rest.substring(eq + 1)).put("effect", effect).build();
    }

    /// The labels the node must carry. The `beta` ones are old and still selected by.
    Map<String, String> labels() {
        String arch = facts.info().text("architecture");
        Map<String, String> all = new TreeMap<>(Map.of("kubernetes.io/hostname", settings.name(), "kubernetes.io/os",
                "linux", "kubernetes.io/arch", arch, "beta.kubernetes.io/os", "linux", "beta.kubernetes.io/arch",
                arch));
        if (settings.cloud().own()) {
            all.put("node.kubernetes.io/instance-type", "k3s");
            all.put("beta.kubernetes.io/instance-type", "k3s");
        }
        return all;
    }

    /// The labels of a server, which a node may not give itself. The plug-in NodeRestriction refuses them from a
    /// kubelet: else a node could call itself a server.
    /// @return empty for an agent
    Map<String, String> roles() {
        return settings.controlPlane() ? Map.of("node-role.kubernetes.io/control-plane", "true") : Map.of();
    }

    /// The annotations the node must carry. `k3s.io/` ones are read by K3s' own components and by tools;
    /// `volumes.kubernetes.io/controller-managed-attach-detach` tells the attach-detach controller that this kubelet
    /// attaches nothing itself.
    Map<String, String> annotations() {
        Map<String, String> all = new TreeMap<>();
        all.put("alpha.kubernetes.io/provided-node-ip", String.join(",", facts.addresses()));
        if (settings.cloud().own()) {
            all.put("k3s.io/hostname", settings.name());
            addressesByType().forEach((type, addresses) -> {
                if (!addresses.isEmpty()) {
                    all.put("k3s.io/" + ANNOTATED.get(type), String.join(",", addresses));
                }
            });
        }
        all.putAll(StartAnnotations.of(settings.args(), settings.env()));
        all.put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
        return all;
    }

    /// The labels of the flag.
    private Map<String, String> given() {
        Map<String, String> all = new TreeMap<>();
        for (String l : settings.labels()) {
            int eq = l.indexOf('=');
            all.put(eq < 0 ? l : l.substring(0, eq), eq < 0 ? "" : l.substring(eq + 1));
        }
        return all;
    }

    /// The node as it should be, given the one that is there. Labels of the flag count at each start, as with K3s; what
    /// is no longer among them stays, but for that of the egress selector.
    /// @return `node` itself, as far as values go, when it is right
    Obj registered(Obj node) {
        Obj wanted = node;
        Map<String, String> labels = CloudLabels.joined(labels(), given(), settings.cloud().own());
        for (Map.Entry<String, String> e : labels.entrySet()) {
            wanted = wanted.with(e.getValue(), "metadata", "labels", e.getKey());
        }
        if (!labels.containsKey(NodeSettings.EGRESS)) {
            wanted = wanted.without("metadata", "labels", NodeSettings.EGRESS);
        }
        for (Map.Entry<String, String> e : annotations().entrySet()) {
            wanted = wanted.with(e.getValue(), "metadata", "annotations", e.getKey());
        }
        return wanted.spec().text("providerID").isEmpty() && !providerId().isEmpty()
                ? wanted.with(providerId(), "spec", "providerID") : wanted;
    }

    /// What is known at one instant.
    ///
    /// @param at the time of day, for heartbeats and transitions
    /// @param readiness of the runtime and its network
    /// @param runtime version as `containerd://1.6.20`
    /// @param images of the node, in any order
    /// @param diskBytes size of the file system pods write to
    /// @param pressures types of conditions that are true, as `MemoryPressure`
    /// @param trouble why the node is not ready whatever its runtime says; empty for none
    record Now(Instant at, RuntimeReadiness readiness, String runtime, List<Image> images, long diskBytes,
            Set<String> pressures, String trouble) {
    }

    /// The status, with foreign fields kept; `old` tells since when conditions have been so, and what else the node has
    /// been given: extended resources, all of which pods may have. See
    /// <https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/>. Capacities are what the machine
    /// has, whatever is reserved of it.
    /// @param old the status that is there, empty for a new node
    Struct status(Struct old, Now now) {
        Struct amounts = Struct.of("cpu", Integer.toString(facts.cpus()), "ephemeral-storage",
                now.diskBytes() / 1024 + "Ki", "memory", facts.memory() / 1024 + "Ki", "pods",
                Long.toString(settings.status().maxPods().getAsLong()));
        Struct.Builder capacity = old.struct("capacity").toBuilder();
        amounts.forEach(capacity::put);
        Devices given = devices.get();
        given.capacity().forEach((name, count) -> capacity.put(name, Long.toString(count)));
        Struct all = hugePages.apply(capacity.build());
        Struct.Builder allocatable = settings.status().allocatable().apply(all).toBuilder();
        given.allocatable().forEach((name, count) -> allocatable.put(name, Long.toString(count)));
        Struct.Builder b = old.toBuilder();
        b.put("addresses", addresses(old)).put("allocatable", allocatable.build()).put("capacity", all);
        b.put("conditions", conditions(old, now));
        b.put("daemonEndpoints", Struct.of("kubeletEndpoint", Struct.of("Port",
                Long.parseLong(settings.port()))));
        b.put("declaredFeatures", DeclaredFeatures.OURS);
        if (settings.status().maxImages() == 0) {
            b.put("images", Seq.EMPTY);
        }
        b.putUnlessEmpty("images", images(now.images()));
        b.put("nodeInfo", facts.info().with("containerRuntimeVersion", now.runtime()));
        return b.build();
    }

    /// Order counts: who looks for an address of a type takes the first. What another cloud has told stays.
    private Seq addresses(Struct old) {
        Seq told = old.seq("addresses");
        if (settings.cloud().external() && !told.isEmpty()) {
            return told;
        }
        List<Struct> all = new ArrayList<>();
        addressesByType()
                .forEach((type, some) -> some.forEach(a -> all.add(Struct.of("type", type, "address", a))));
        all.add(Struct.of("type", "Hostname", "address", settings.name()));
        return Seq.copyOf(all);
    }

    private Map<String, List<String>> addressesByType() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put("InternalIP", facts.addresses());
        all.put("ExternalIP", settings.externalIps());
        all.put("InternalDNS", settings.cloud().internalDns());
        all.put("ExternalDNS", settings.cloud().externalDns());
        return all;
    }

    /// The largest: the scheduler's plug-in ImageLocality prefers nodes that need not pull them.
    private Seq images(List<Image> images) {
        long most = settings.status().maxImages();
        return Seq
                .copyOf(images.stream().sorted(Comparator.comparingLong(Image::sizeBytes).reversed())
                        .limit(most < 0 ? Long.MAX_VALUE : most)
                        .map(i -> {
                            List<String> names = new ArrayList<>(i.digests());
                            names.addAll(i.tags());
                            return Struct.of("names", names.stream().limit(MAX_NAMES).toList(), "sizeBytes",
                                    i.sizeBytes());
                        }).toList());
    }

    /// Types of others, as `NetworkUnavailable`, stay as they are and come last.
    private static Seq conditions(Struct old, Now now) {
        boolean runtime = now.readiness().runtime();
        boolean ready = runtime && now.readiness().network() && now.trouble().isEmpty();
        boolean memory = now.pressures().contains("MemoryPressure");
        boolean disk = now.pressures().contains("DiskPressure");
        String missing = !now.trouble().isEmpty() ? now.trouble()
                : "container runtime " + (runtime ? "network " : "") + "not ready: " + now.readiness().message();
        List<Struct> all = new ArrayList<>();
        all.add(memory ? word("MemoryPressure", true, "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available")
                : word("MemoryPressure", false, "KubeletHasSufficientMemory",
                        "kubelet has sufficient memory available"));
        all.add(disk ? word("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
                : word("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"));
        all.add(now.pressures().contains("PIDPressure")
                ? word("PIDPressure", true, "KubeletHasInsufficientPID", "kubelet has insufficient PID available")
                : word("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"));
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

    /// `lastTransitionTime` moves with the status alone, not with a reason or message.
    private static Struct timed(Struct condition, Struct old, Instant now) {
        boolean same = old.text("status").equals(condition.text("status"));
        return Struct.of("type", condition.text("type"), "status", condition.text("status"), "lastHeartbeatTime",
                Times.seconds(now), "lastTransitionTime", same ? old.text("lastTransitionTime") : Times.seconds(now),
                "reason", condition.text("reason"), "message", condition.text("message"));
    }
}
