package io.k3j.kubeletdevices;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a container is given with its devices. A value. Of two plug-ins that give the same variable, path or annotation
/// the first one counts, by the names of their resources.
public final class ContainerDevices {
    /// Of a container without devices.
    public static final ContainerDevices NONE = new ContainerDevices(List.of());
    private final Map<String, Struct> envs = new LinkedHashMap<>();
    private final Map<String, Struct> mounts = new LinkedHashMap<>();
    private final Map<String, Struct> devices = new LinkedHashMap<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private final Set<String> cdi = new LinkedHashSet<>();

    ContainerDevices(Collection<AllocateResponse> responses) {
        for (AllocateResponse response : responses) {
            response.envs().forEach((name, value) -> envs.putIfAbsent(name, Struct.of("key", name, "value", value)));
            response.mounts().forEach(mount -> mounts.putIfAbsent(mount.text("containerPath"), mount));
            response.devices().forEach(device -> devices.putIfAbsent(device.text("containerPath"), device));
            response.annotations().forEach(annotations::putIfAbsent);
            cdi.addAll(response.cdi());
        }
    }

    /// A container's configuration with them. What the pod itself says of a variable, and what the kubelet says in an
    /// annotation, counts more.
    ///
    /// @param config CRI's `ContainerConfig`
    public Struct applied(Struct config) {
        Map<String, Struct> variables = new LinkedHashMap<>(envs);
        config.seq("envs").structs().forEach(env -> variables.put(env.text("key"), env));
        Struct.Builder b = config.toBuilder().putUnlessEmpty("envs", List.copyOf(variables.values()));
        b.putUnlessEmpty("mounts", joined(mounts.values(), config.seq("mounts")));
        b.putUnlessEmpty("devices", joined(devices.values(), config.seq("devices")));
        Map<String, String> notes = new LinkedHashMap<>(annotations);
        notes.putAll(config.struct("annotations").texts());
        b.putUnlessEmpty("annotations", Struct.copyOf(notes));
        b.putUnlessEmpty("CDIDevices", cdi.stream().map(name -> Struct.of("name", name)).toList());
        return b.build();
    }

    private static List<Struct> joined(Collection<Struct> ours, Seq own) {
        List<Struct> all = new ArrayList<>(ours);
        all.addAll(own.structs());
        return all;
    }
}
