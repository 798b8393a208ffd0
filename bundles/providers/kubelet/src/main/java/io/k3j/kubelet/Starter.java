package io.k3j.kubelet;

import io.k3j.kubeletdevices.ContainerDevices;
import io.k3j.kubeletimages.ImageVolumes;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletvolumes.Subpath;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ContainerSpec;
import io.k3j.kuberuntime.Dns;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.Expansion;
import io.k3j.kuberuntime.HostsFile;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRestart;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.kuberuntime.SandboxSpec;
import io.k3j.kuberuntime.Security;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import io.k3j.nodefiles.PodDirectories;
import io.k3j.nodefiles.Trees;
import io.k3j.podstatus.MountModes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Makes sandboxes and containers of one pod.
final class Starter {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// `PATH_MAX` without the zero at its end.
    private static final int MOST_PATH = 4095;
    private final Dependencies tools;

    Starter(Dependencies tools) {
        this.tools = tools;
    }

    /// Makes the pod's directories and sandbox, the next after those that it had, of which the newest is the first.
    /// @return the sandbox's id
    String sandbox(Obj pod, List<Sandbox> before) throws IOException {
        KubeletOptions o = tools.options();
        PreparedDevices.prepare(tools, pod);
        PodDirectories.make(o.podDir(pod.uid()));
        Files.createDirectories(o.podLogs(pod.namespace(), pod.name(), pod.uid()));
        tools.cgroups().make(pod);
        String handler = handler(pod);
        tools.userNamespaces().allocate(pod, handler);
        return tools.runtime().runSandbox(config(pod, before.isEmpty() ? 0 : before.getFirst().attempt() + 1), handler);
    }

    /// Of the pod's RuntimeClass, empty for the default one.
    private String handler(Obj pod) {
        String runtimeClass = pod.spec().text("runtimeClassName");
        return runtimeClass.isEmpty() ? "" : tools.references()
                .need(ReferencedObjects.RUNTIME_CLASSES, "", runtimeClass, false).orElseThrow().tree().text("handler");
    }

    Struct config(Obj pod, int attempt) {
        KubeletOptions o = tools.options();
        Dns dns = Dns.of(pod, new Dns.Cluster(o.clusterDns(), o.clusterDomain()), tools.dns());
        return tools.userNamespaces().sandbox(pod, SandboxSpec.of(pod, new SandboxSpec.Parts(attempt,
                o.clusterDomain(), o.podLogs(pod.namespace(), pod.name(), pod.uid()), dns,
                tools.cgroups().parent(pod))));
    }

    /// What a container is started in.
    ///
    /// @param sandbox its sandbox
    /// @param sandboxAttempt of the sandbox
    /// @param addresses of the pod
    /// @param volumes on the host by name
    /// @param images of the volumes that are images, by name
    /// @param target id of the container whose processes an ephemeral one sees, else empty
    /// @param restart the last restart of all containers of the pod
    record Place(String sandbox, int sandboxAttempt, List<String> addresses, Map<String, Path> volumes,
            Map<String, Image> images, String target, PodRestart restart) {
    }

    /// Makes and starts a container.
    /// @return its id
    String container(Obj pod, Struct spec, int attempt, Image image, Place place) throws IOException {
        String name = spec.text("name");
        String refusal = Security.refusal(pod, spec, image);
        if (!refusal.isEmpty()) {
            throw ConfigError.config(refusal);
        }
        ContainerDevices given = tools.admission().resources().devices().of(pod, spec);
        Map<String, String> env = tools.environment().of(pod, spec, new Environment.Place(place.addresses(),
                tools.services().get(), (volume, path) -> tools.volumes().read(volume(place, volume), path)));
        Struct linux = Struct.of("resources", tools.limits(pod, spec), "securityContext",
                Security.container(pod, spec, place.target(), tools.options().seccomp()));
        Struct config = tools.userNamespaces().container(pod, given.applied(place.restart().mark(ContainerSpec.of(pod,
                spec, new ContainerSpec.Parts(attempt, image.id(), env, mounts(pod, spec, attempt, place, env),
                        devices(pod, spec, place), linux)))));
        Files.createDirectories(tools.options().podLogs(pod.namespace(), pod.name(), pod.uid()).resolve(name));
        String id;
        try {
            id = tools.runtime().createContainer(place.sandbox(), PreparedDevices.added(tools, pod, spec, config),
                    config(pod, place.sandboxAttempt()));
        } catch (RuntimeFault e) {
            throw new ConfigError("CreateContainerError", String.valueOf(e.getMessage()));
        }
        tools.tell(pod, name, false, "Created", "Container created");
        try {
            tools.runtime().startContainer(id);
        } catch (RuntimeFault e) {
            throw new ConfigError("RunContainerError", String.valueOf(e.getMessage()));
        }
        tools.tell(pod, name, false, "Started", "Container started");
        link(pod, name, attempt, id);
        return id;
    }

    private List<Struct> mounts(Obj pod, Struct spec, int attempt, Place place, Map<String, String> env)
            throws IOException {
        List<Struct> all = new ArrayList<>();
        boolean ownHosts = false;
        int index = 0;
        for (Struct m : spec.seq("volumeMounts").structs()) {
            Path volume = volume(place, m.text("name"));
            String sub = m.has("subPathExpr") ? subPath(m, env) : m.text("subPath");
            String at = m.text("mountPath");
            if (place.images().get(m.text("name")) instanceof Image image) {
                all.add(ImageVolumes.mount(at, image, sub));
                index++;
                continue;
            }
            Path source = tools.volumes().mountPoint(pod, volume,
                    new Subpath(sub, m.text("name"), spec.text("name"), index));
            boolean readOnly = m.flag("readOnly") || Volumes.readOnly(pod, m.text("name"));
            all.add(MountModes.mark(m, Struct.of("containerPath", at.startsWith("/") ? at : "/" + at, "hostPath",
                    source.toString(), "readonly", readOnly), () -> recursive(handler(pod))));
            index++;
            ownHosts |= at.equals("/etc/hosts");
        }
        if (!ownHosts) {
            all.add(Struct.of("containerPath", "/etc/hosts", "hostPath", hosts(pod, place.addresses()).toString()));
        }
        Path words = lastWords(pod.uid(), spec.text("name"), attempt);
        PodDirectories.make(Objects.requireNonNull(words.getParent()));
        Files.deleteIfExists(words);
        Files.createFile(words, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
        Files.setPosixFilePermissions(words, PosixFilePermissions.fromString("rw-rw-rw-"));
        all.add(Struct.of("containerPath", spec.text("terminationMessagePath", "/dev/termination-log"), "hostPath",
                words.toString()));
        return all;
    }

    /// The devices that a container has as `volumeDevices`, by the links that [Volumes#prepare] has made.
    static List<Struct> devices(Obj pod, Struct spec, Place place) {
        List<Struct> all = new ArrayList<>();
        for (Struct d : spec.seq("volumeDevices").structs()) {
            String name = d.text("name");
            String at = d.text("devicePath");
            if (!at.startsWith("/")) {
                throw ConfigError.config("error DevicePath `" + at + "` must be an absolute path");
            }
            Path device = place.volumes().get(name);
            if (device == null) {
                throw ConfigError.config("cannot find volume \"" + name + "\" to pass into container \""
                        + spec.text("name") + "\"");
            }
            all.add(Struct.of("containerPath", at, "hostPath", device.toString(), "permissions",
                    Volumes.readOnly(pod, name) ? "r" : "mrw"));
        }
        return all;
    }

    /// A name without a value is a failure, as upstream: what is meant is no directory of that name, nor all of them.
    private static String subPath(Struct mount, Map<String, String> env) {
        Set<String> missing = Expansion.missing(mount.text("subPathExpr"), env);
        if (!missing.isEmpty()) {
            throw ConfigError.config("failed to expand subPathExpr of volumeMount \"" + mount.text("name")
                    + "\": missing value for " + String.join(", ", missing));
        }
        return Expansion.of(mount.text("subPathExpr"), env, MOST_PATH)
                .orElseThrow(() -> ConfigError.config("subPathExpr of volumeMount \"" + mount.text("name")
                        + "\" takes more than " + MOST_PATH + " bytes, which is more than a path has on Linux"));
    }

    private static Path volume(Place place, String name) {
        Path volume = place.volumes().get(name);
        if (volume == null) {
            throw ConfigError.config("volume \"" + name + "\" is not in the pod");
        }
        return volume;
    }

    private boolean recursive(String handler) {
        return tools.runtime().handlers().stream()
                .anyMatch(h -> h.name().equals(handler) && h.recursiveReadOnlyMounts());
    }

    /// The file a container may have left a message in.
    Path lastWords(Container c) {
        return lastWords(c.labels().getOrDefault(Labels.POD_UID, ""), c.labels().getOrDefault(Labels.CONTAINER,
                c.name()), c.attempt());
    }

    private Path lastWords(String uid, String container, int attempt) {
        return tools.options().podDir(uid).resolve("containers").resolve(container).resolve(Integer.toString(attempt));
    }

    private Path hosts(Obj pod, List<String> addresses) throws IOException {
        Path file = tools.options().podDir(pod.uid()).resolve("etc-hosts");
        String host = PodSpecs.hostNetwork(pod) ? Files.readString(Path.of("/etc/hosts")) : "";
        Files.writeString(file, HostsFile.text(pod, addresses, tools.options().clusterDomain(), host));
        return file;
    }

    private void link(Obj pod, String name, int attempt, String id) {
        KubeletOptions o = tools.options();
        try {
            Files.createDirectories(o.containerLogs());
            Path link = o.containerLogs().resolve(linkName(pod.name(), pod.namespace(), name, id));
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, o.podLogs(pod.namespace(), pod.name(), pod.uid()).resolve(name)
                    .resolve(attempt + ".log"));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot link log of pod={0} error={1}", pod.key(), e.toString());
        }
    }

    /// The name of a container's link in `/var/log/containers`.
    static String linkName(String pod, String namespace, String container, String id) {
        return pod + "_" + namespace + "_" + container + "-" + id + ".log";
    }

    /// Removes a container, its log and its link.
    void forget(Obj pod, Container c) {
        try {
            tools.runtime().removeContainer(c.id());
            KubeletOptions o = tools.options();
            Files.deleteIfExists(o.containerLogs().resolve(linkName(pod.name(), pod.namespace(), c.name(), c.id())));
            new LogFiles(tools).delete(c);
        } catch (IOException | RuntimeFault e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot remove container={0} error={1}", c.id(), e.getMessage());
        }
    }

    /// Removes what nobody asks for any more, as upstream does: of each container all but the newest and as many before
    /// it as are to be kept, and sandboxes that have ended, have no container left and are not the newest.
    void prune(Obj pod, PodRuntime runtime) {
        Set<String> used = new HashSet<>();
        int kept = tools.options().deadContainers();
        runtime.containers().values().forEach(all -> {
            all.stream().skip(1).filter(c -> !c.running()).skip(kept).forEach(c -> forget(pod, c));
            all.stream().limit(1L + kept).forEach(c -> used.add(c.sandbox()));
        });
        runtime.sandboxes().stream().skip(1).filter(s -> !s.ready() && !used.contains(s.id()))
                .forEach(s -> tools.runtime().removeSandbox(s.id()));
    }

    /// Removes what is left of a pod: sandboxes with their containers, links, logs, volumes, cgroup.
    void clean(Obj pod, PodRuntime runtime, boolean logs) throws IOException {
        Map<String, Container> all = new HashMap<>();
        runtime.all().forEach(c -> all.put(c.id(), c));
        KubeletOptions o = tools.options();
        if (logs) {
            runtime.sandboxes().forEach(s -> tools.runtime().removeSandbox(s.id()));
            for (Container c : all.values()) {
                Files.deleteIfExists(
                        o.containerLogs().resolve(linkName(pod.name(), pod.namespace(), c.name(), c.id())));
            }
            Trees.delete(o.podLogs(pod.namespace(), pod.name(), pod.uid()));
        }
        takeVolumes(pod);
        tools.userNamespaces().release(pod.uid());
        tools.cgroups().remove(pod.uid());
        tools.images().forget(pod.uid());
        tools.tokens().forget(pod.uid());
        tools.watches().forget(pod.uid());
    }

    /// The pod is told, too: a driver that does not take its volume back keeps it from going.
    private void takeVolumes(Obj pod) throws IOException {
        try {
            tools.volumes().remove(pod.uid());
        } catch (IOException e) {
            tools.tell(pod, true, "FailedUnMount", "Unable to take back volumes: " + e.getMessage());
            throw e;
        }
    }
}
