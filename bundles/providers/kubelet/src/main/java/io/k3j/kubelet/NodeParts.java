package io.k3j.kubelet;

import io.k3j.cgroups.Cgroups;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.kubeletconfig.KubeletConfigDirectory;
import io.k3j.kubeletdra.ClaimResources;
import io.k3j.kubeletnfs.NfsVolumes;
import io.k3j.kubeletoptions.CgroupOptions;
import io.k3j.kubeletoptions.HostChecks;
import io.k3j.kubeletoptions.IntervalOptions;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletoptions.KubeletSettings;
import io.k3j.kubeletoptions.NodeAllocatable;
import io.k3j.kubeletvolumes.HostPrograms;
import io.k3j.kubeletvolumes.VolumeFiles;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Dns;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.PodDirectories;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeDisk;
import io.k3j.volumeapi.VolumeHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Parts of a [NodeAgent] that need nothing of it.
final class NodeParts {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// The kernel's table of what it swaps to.
    static final Path SWAPS = Path.of("/proc/swaps");

    private NodeParts() {
    }

    /// Tells whether what lies in memory stays there where the machine swaps.
    interface Unswapped {
        /// @param place where it can be tried
        boolean at(Path place) throws IOException;
    }

    /// The options, looked at, and what they want to be on the disk.
    /// @throws IllegalStateException for a machine that they do not take
    static KubeletOptions prepared(KubeletSettings settings, KernelFiles kernel) throws IOException {
        KubeletOptions options = KubeletOptions.of(settings, Dns.hostFile(settings.resolvConf(),
                Path.of(settings.dataDir()).toAbsolutePath().resolve("agent/etc/resolv.conf")));
        options.check();
        KubeletConfigDirectory.of(options.dataDir(), List.of(settings.kubeletArg())).write(options.defaults());
        PodDirectories.correct(options.pods(), options.ownRoot());
        HostChecks.check(options, SWAPS, kernel.cgroups());
        return options;
    }

    /// Tells by an event of the node, as upstream, where volumes in memory, Secrets among them, may reach a disk since
    /// the machine swaps.
    static void warnOfSwap(Dependencies tools, Path swaps, Unswapped unswapped) {
        try {
            if (!HostChecks.swapping(swaps)) {
                return;
            }
            Path root = tools.options().rootDir();
            PodDirectories.make(root);
            if (!unswapped.at(root)) {
                tools.warn("PossibleMemoryBackedVolumesOnDisk", "The tmpfs noswap option is not supported."
                        + " Memory-backed volumes (e.g. secrets, emptyDirs, etc.) might be swapped to disk and should"
                        + " no longer be considered secure.");
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot tell whether volumes in memory may be swapped error={0}",
                    e.toString());
        }
    }

    /// Control groups of pods.
    static Cgroups cgroups(KernelFiles kernel, KubeletOptions options, ContainerRuntime runtime) {
        return CgroupOptions.cgroups(kernel.cgroups(), options, runtime, kernel.hugePages());
    }

    /// What variables of containers may refer to.
    static Environment environment(ReferencedObjects references, KubeletOptions options, MachineInfo facts,
            NodeAllocatable allocatable) {
        return new Environment(references, new Environment.Node(options.nodeName(), facts.addresses(),
                allocatable.milliCpu(), allocatable.bytes(),
                () -> allocatable.disk(NodeDisk.capacity(options.rootDir()))));
    }

    /// Tells of volumes as events of their pods.
    static Volumes.Warnings warnings(Events events) {
        return (pod, reason, message) -> events.tell(Events.reference(pod), "Warning", reason, message);
    }

    /// The volumes of this node's pods; what they use is counted as often as it is said.
    static Volumes volumes(KubeletOptions options, ReferencedObjects references, VolumeFiles content,
            TimeSource clock, Volumes.Warnings warnings) {
        Mounts mounts = new Mounts();
        HostPrograms programs = new HostPrograms();
        Volumes volumes = new Volumes(options.pods(), references, content, mounts, programs, clock,
                new VolumeStats(clock, clock.monotonic(), IntervalOptions.volumeStats(options)), warnings);
        volumes.nfs(new NfsVolumes(options.pods(), mounts::mounted, programs::within, clock.monotonic()));
        return volumes;
    }

    /// What makers of volumes are told of this node.
    static VolumeHost host(KubeletOptions options, ApiClient api) {
        return new VolumeHost(options.rootDir().toAbsolutePath(), options.nodeName(), api);
    }

    /// What drivers prepare for claims of devices.
    static ClaimResources claims(KubeletOptions options, ApiClient api, TimeSource clock) {
        return new ClaimResources(options.rootDir().toAbsolutePath(), options.nodeName(), api, clock.monotonic());
    }
}
