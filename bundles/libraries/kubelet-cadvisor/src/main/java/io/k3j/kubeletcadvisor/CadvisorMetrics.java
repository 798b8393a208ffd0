package io.k3j.kubeletcadvisor;

import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.metricstext.MetricText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// What `/metrics/cadvisor` shows, with the families that the kubelet of Kubernetes 1.36 includes of cAdvisor 0.56:
/// processors, memory, disks, networks, processes, limits, pressure, the machine. Any thread; scrapes measure in turn,
/// and each reads what it tells.
///
/// A figure has the time it was measured at, as upstream, whose figures may be 15 s older. Containers bear all labels,
/// sandboxes, with which the pod's network is told, all but `container`, a pod's own group `namespace` and `pod`, any
/// other group `id` alone; what does not apply is there and empty.
public final class CadvisorMetrics {
    private final KernelText kernel;
    private final InstantSource clock;
    private final DiskUsage disk = new DiskUsage();
    /// Sorted by name, as upstream's registry has them.
    private final List<SampleFamily> families;
    private final List<SampleFamily> withPressure;
    private final ReentrantLock lock = new ReentrantLock();
    /// Read with the first scrape; guarded by [#lock].
    private String machine = "";

    /// Reads nothing yet.
    /// @param root `/`, below which the kernel's files are
    /// @param clock the time of day
    public CadvisorMetrics(Path root, InstantSource clock) {
        kernel = new KernelText(root);
        this.clock = clock;
        families = sorted(Stream.of(CpuFamilies.all(), MemoryFamilies.all(), DiskFamilies.all(),
                NetworkFamilies.all(), ProcessFamilies.all(), SpecFamilies.all()).flatMap(List::stream));
        withPressure = sorted(Stream.concat(families.stream(), PressureFamilies.all().stream()));
    }

    private static List<SampleFamily> sorted(Stream<SampleFamily> all) {
        return all.sorted(Comparator.comparing(SampleFamily::name)).toList();
    }

    /// Who is given families, one after the other.
    @FunctionalInterface
    public interface Families {
        /// @param text a whole family in Prometheus' text form
        /// @throws IOException when nobody wants more
        void write(String text) throws IOException;
    }

    /// What one scrape tells of.
    ///
    /// @param pressed whether the kernel counts how long groups wait
    /// @param complete whether these are all groups
    /// @param machine families of the machine
    private record Measured(List<CgroupSample> samples, boolean pressed, boolean complete, String machine) {
    }

    /// Measures, then writes, family by family, so that nobody has to hold the whole text.
    /// @param node what the kubelet knows now
    /// @param out may block: no other scrape waits for it
    /// @throws IOException what `out` throws
    public void write(CadvisorNode node, Families out) throws IOException {
        Measured all = measured(node);
        out.write(MachineMetrics.version(kernel));
        for (SampleFamily family : all.pressed() ? withPressure : families) {
            String text = family.text(all.samples());
            if (!text.isEmpty()) {
                out.write(text);
            }
        }
        out.write(new MetricText().family("container_scrape_error", MetricText.Type.GAUGE,
                "Whether groups are missing.").value(all.complete() ? 0 : 1).toString());
        out.write(all.machine());
    }

    private Measured measured(CadvisorNode node) {
        lock.lock();
        try {
            CgroupFiles groups = CgroupFiles.at(kernel);
            CgroupTree tree = new CgroupTree(groups, node, CgroupTree.MOST_GROUPS);
            if (machine.isEmpty()) {
                machine = MachineMetrics.text(kernel);
            }
            return new Measured(samples(groups, tree, node), pressed(groups), tree.complete(), machine);
        } finally {
            lock.unlock();
        }
    }

    private List<CgroupSample> samples(CgroupFiles groups, CgroupTree tree, CadvisorNode node) {
        BlockDevices devices = new BlockDevices(kernel);
        CgroupSampler sampler = new CgroupSampler(kernel, groups, devices,
                new NodeFileSystems(kernel, disk).all(devices, node.rootDir()), clock);
        List<CgroupSample> samples = new ArrayList<>();
        tree.entries().forEach(entry -> sampler.sample(entry).ifPresent(samples::add));
        return samples;
    }

    /// Where a kernel counts no pressure these files cannot be read.
    private boolean pressed(CgroupFiles groups) {
        return groups.unified() && !kernel.of("/proc/pressure/cpu").isEmpty();
    }
}
