package io.k3j.kubeletvolumes;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodefiles.FileReader;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.Trees;
import io.k3j.volumeapi.DriverVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Makes the volumes of pods below `/var/lib/kubelet/pods/<uid>/volumes` and keeps their content fresh, each by the
/// [VolumePlugin] of its kind. See <https://kubernetes.io/docs/concepts/storage/volumes/>. Any thread, one at a time
/// per pod; a method blocks until it is done.
///
/// State is what is on the disk and in the mount table, so a kubelet that has just started goes on where the last one
/// stopped, and whatever was half made is made again.
public final class Volumes {
    private final VolumeDirectories directories;
    private final VolumeSpecs claims;
    private final Mounts mounts;
    private final Subpaths subpaths;
    private final FileReader reader;
    private final List<VolumePlugin> plugins;
    private final LocalPlugin local;
    private final CsiPlugin csi;
    private final NfsPlugin nfs = new NfsPlugin();
    private final EmptyDirPlugin emptyDir;
    private final VolumeStats stats;
    private final Warnings warnings;

    /// Who tells people what they should know of a pod, as its Events. Called on the thread that makes the volume.
    @FunctionalInterface
    public interface Warnings {
        /// @param reason in one word, upstream's
        /// @param message a sentence
        void warn(Obj pod, String reason, String message);
    }

    /// Makes nothing yet.
    /// @param pods `/var/lib/kubelet/pods`
    /// @param references where claims and volumes are read
    /// @param content where the files of configMap, secret, downwardAPI and projected come from
    /// @param mounts of this process
    /// @param programs of the node, for volumes on block devices
    /// @param clock of the time of day
    /// @param stats is told of every volume that is made
    /// @param warnings is told what people should know of a volume that a pod gets all the same
    @SuppressWarnings("checkstyle:ParameterNumber") // each is another part of the kubelet
    public Volumes(Path pods, ReferencedObjects references, VolumeFiles content, Mounts mounts,
            HostPrograms programs, InstantSource clock, VolumeStats stats, Warnings warnings) {
        this.claims = new VolumeSpecs(references);
        this.mounts = mounts;
        this.stats = stats;
        this.warnings = warnings;
        Handles handles = new Handles();
        directories = new VolumeDirectories(pods);
        subpaths = new Subpaths(directories, handles, mounts);
        reader = new FileReader(handles);
        local = new LocalPlugin(directories, warnings, new DeviceNodes(handles, Path.of("/dev")),
                new GlobalMounts(directories.plugin("kubernetes.io/local-volume").resolve("mounts"), mounts,
                        new FormatAndMount(programs, new BlankDevice(Path.of("/sys/dev/block")))),
                new DeviceMap(directories, LocalPlugin.ESCAPED, mounts,
                        new LoopDevices(Path.of("/sys/block"), programs)));
        csi = new CsiPlugin(directories, warnings);
        stats.ask(volume -> nfs.mounter(volume).isPresent() ? nfs.mounter(volume).get().usage(volume) : csi.of(volume));
        emptyDir = new EmptyDirPlugin(directories, mounts);
        plugins = List.of(new HostPathPlugin(), local, csi, nfs,
                new ContentPlugin(directories, content, mounts, handles, clock),
                emptyDir, new ImagePlugin(directories));
    }

    /// Asks these for the volumes of drivers from now on; empty while there is nobody who knows any.
    public void drivers(Optional<DriverVolumes> now) {
        csi.use(now);
    }

    /// What the node has for all pods in memory, as large as their volumes in memory are; called once, before any other
    /// method.
    ///
    /// @return these
    public Volumes memory(long bytes) {
        emptyDir.memory(bytes);
        return this;
    }

    /// Has these mount what servers of NFS export; called once, before any other method.
    public void nfs(DriverVolumes mounter) {
        nfs.use(mounter);
    }

    /// Makes or refreshes the volumes of a pod that its containers name, also by `fileKeyRef`. One after the other; the
    /// first that fails ends it, and those before it stay. Blocks for the disk, for mounts, for programs of the node
    /// and for reads of the API. The reason is that of upstream's event, `FailedMount` or, of `volumeMode: Block`,
    /// `FailedMapVolume`.
    /// @param addresses of the pod, as far as they are known
    /// @return where each lies on the host, by name; of a device, what the runtime is told. One that is given
    /// to no container is left out, and holds nobody up
    /// @throws ConfigError when one cannot be made yet
    public Map<String, Path> prepare(Obj pod, List<String> addresses) {
        List<VolumeStats.Mounted> made = new ArrayList<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            made(pod, volume, addresses).ifPresent(made::add);
        }
        stats.mounted(pod.uid(), made);
        return made.stream()
                .collect(Collectors.toMap(VolumeStats.Mounted::name, VolumeStats.Mounted::path, (_, b) -> b));
    }

    private Optional<VolumeStats.Mounted> made(Obj pod, Struct volume, List<String> addresses) {
        String name = volume.text("name");
        boolean mapped = named(pod, "volumeDevices", name);
        boolean mounted = named(pod, "volumeMounts", name);
        if (!mapped && !mounted && !keyed(pod, name)) {
            return Optional.empty();
        }
        String shown = name;
        VolumePlugin.Spec spec;
        try {
            spec = claims.spec(pod, volume, addresses);
            shown = spec.shown();
            check(spec, mounted, mapped);
            if (stats.mounted(pod.uid(), name).isEmpty()) {
                claims.check(spec);
            }
            if (!spec.block()) {
                VolumePlugin plugin = plugin(spec);
                return Optional.of(mounted(volume, spec, plugin.setUp(spec), plugin.metrics()));
            }
        } catch (VolumeSpecs.Unprocessed e) {
            ConfigError failed = new ConfigError("FailedMount", "Unable to attach or mount volumes: unmounted volumes=["
                    + name + "], unattached volumes=[], failed to process volumes=[" + name + "]: " + e.getMessage());
            return Optional.of(asItWas(pod, name, failed));
        } catch (VolumeSpecs.Unfit e) {
            throw new ConfigError(mapped ? "FailedMapVolume" : "FailedMount", (mapped ? "MapVolume." : "MountVolume.")
                    + e.check() + " check failed for volume \"" + shown + "\" : " + e.getMessage());
        } catch (IOException | ConfigError e) {
            ConfigError failed = new ConfigError("FailedMount",
                    "MountVolume.SetUp failed for volume \"" + shown + "\" : " + e.getMessage());
            return Optional.of(asItWas(pod, name, failed));
        }
        return Optional.of(mounted(volume, spec, device(spec), VolumeStats.Metrics.NONE));
    }

    /// A volume that was made and cannot be brought up to date is what it was: containers start again with it, also
    /// while no server is there, or when what it is made of has been deleted.
    private VolumeStats.Mounted asItWas(Obj pod, String name, ConfigError failed) {
        VolumeStats.Mounted before = stats.mounted(pod.uid(), name).filter(v -> Files.exists(v.path()))
                .orElseThrow(() -> failed);
        warnings.warn(pod, failed.reason(), String.valueOf(failed.getMessage()));
        return before;
    }

    /// Whether a container names a volume in a list of its own.
    private static boolean named(Obj pod, String list, String volume) {
        return PodSpecs.all(pod).stream().anyMatch(c -> !c.seq(list).find("name", volume).isEmpty());
    }

    /// Whether variables of a container are in a file of a volume.
    private static boolean keyed(Obj pod, String volume) {
        return PodSpecs.all(pod).stream().flatMap(c -> c.seq("env").structs().stream()).anyMatch(
                e -> e.struct("valueFrom").struct("fileKeyRef").text("volumeName").equals(volume));
    }

    private static void check(VolumePlugin.Spec spec, boolean mounted, boolean mapped)
            throws VolumeSpecs.Unprocessed {
        if (spec.block() ? mounted : mapped) {
            throw new VolumeSpecs.Unprocessed("volume " + spec.name() + " has volumeMode "
                    + (spec.block() ? "Block, but is specified in volumeMounts"
                            : "Filesystem, but is specified in volumeDevices"));
        }
    }

    private Path device(VolumePlugin.Spec spec) {
        try {
            return plugin(spec).mapDevice(spec).orElseThrow(() -> ConfigError.config("failed to find"
                    + " BlockVolumeMapper plugin: volumes of this kind cannot have volumeMode Block"));
        } catch (IOException | ConfigError e) {
            throw new ConfigError("FailedMapVolume", "MapVolume.MapBlockVolume failed for volume \""
                    + spec.shown() + "\" : " + e.getMessage());
        }
    }

    private static VolumeStats.Mounted mounted(Struct volume, VolumePlugin.Spec spec, Path path,
            VolumeStats.Metrics metrics) {
        return new VolumeStats.Mounted(spec.name(), path, metrics, VolumeSpecs.claim(spec.pod(), volume),
                ephemeral(volume));
    }

    /// @throws ConfigError when no plug-in knows the source; the pod waits, as upstream's does
    private VolumePlugin plugin(VolumePlugin.Spec spec) {
        return plugins.stream().filter(p -> p.supports(spec)).findFirst()
                .orElseThrow(() -> ConfigError.config("no volume plugin matched " + (spec.persistent()
                        ? "the source of persistentvolume " + spec.persistentVolume()
                        : spec.source().without("name").names())));
    }

    /// Whether it takes what the pod may have of `ephemeral-storage`: upstream's `IsLocalEphemeralVolume`.
    private static boolean ephemeral(Struct volume) {
        return volume.has("configMap")
                || volume.has("emptyDir") && volume.struct("emptyDir").text("medium").isEmpty();
    }

    /// Whether containers may not write to a volume: always so with files the kubelet keeps fresh, else when its claim
    /// is used so. Files the kubelet keeps fresh must not be changed by a container: it could point `..data` elsewhere
    /// (CVE-2017-1002102).
    /// @param name of the volume
    public static boolean readOnly(Obj pod, String name) {
        Struct volume = pod.spec().seq("volumes").find("name", name);
        return ContentPlugin.isContent(volume) || volume.struct("persistentVolumeClaim").flag("readOnly")
                || volume.struct("csi").flag("readOnly") || volume.struct("nfs").flag("readOnly");
    }

    /// What the runtime is to mount for a `volumeMount`: the volume, or what a subpath names in it.
    /// @param volume where it lies, as [#prepare] said
    /// @return on the host, valid for this start of the container; the next one asks again
    /// @throws ConfigError when it cannot be had, or lies outside the volume
    public Path mountPoint(Obj pod, Path volume, Subpath subpath) {
        return subpath.path().isEmpty() ? volume : subpaths.hold(pod, volume, subpath);
    }

    /// The text of a file in a volume, which containers may change meanwhile.
    /// @param volume where it lies, as [#prepare] said
    /// @param path relative to the volume
    /// @throws java.nio.file.NoSuchFileException when there is none
    /// @throws IOException for what is no file of the volume, or is too large
    public String read(Path volume, String path) throws IOException {
        return reader.text(volume, path);
    }

    /// What the volumes it made use.
    public VolumeStats stats() {
        return stats;
    }

    /// Takes all of a pod's mounts, devices and files away, and what it was the last of the node to use; one that has
    /// none is no failure. Mounts first: deleting through a mount would take away what is mounted. May be called again,
    /// and for a pod that this kubelet never saw.
    /// @throws IOException when anything is left
    public void remove(String uid) throws IOException {
        stats.removed(uid);
        Path directory = directories.pod(uid);
        List<String> used = local.used(uid);
        local.release(uid);
        // what lies on a driver's mount goes before it, and the driver's mount is the driver's to end
        mounts.unmountBelow(directory.resolve("volume-subpaths"));
        csi.release(uid);
        nfs.release(uid);
        mounts.unmountBelow(directory);
        Trees.delete(directory);
        local.end(used);
    }

    /// Ends mounts and takes back devices of pods that have no directory any more, as after a crash in the middle of
    /// [#remove]. What cannot be ended is logged and left to the next call.
    public void prune() {
        local.prune();
        csi.prune();
    }
}
