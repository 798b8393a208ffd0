package io.k3j.kubeletcadvisor;

import io.k3j.metricstext.MetricText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the machine is and has; upstream's `PrometheusMachineCollector` without the topology, which the kubelet leaves
/// out. Any thread; blocks for the kernel's files. It does not change while the machine runs.
final class MachineMetrics {
    private static final int MOST_PROCESSORS = 8_192;
    private static final int MOST_MODULES = 1_024;
    private static final String PROCESSORS = "/sys/devices/system/cpu";
    private static final String CONTROLLERS = "/sys/devices/system/edac/mc";
    private final KernelText kernel;
    private final MetricText text = new MetricText();
    private final String[] ids;

    private MachineMetrics(KernelText kernel) {
        this.kernel = kernel;
        String machine = kernel.of("/etc/machine-id").strip();
        ids = new String[] {"boot_id", kernel.of("/proc/sys/kernel/random/boot_id").strip(), "machine_id",
                machine.isEmpty() ? kernel.of("/var/lib/dbus/machine-id").strip() : machine, "system_uuid",
                kernel.of("/sys/class/dmi/id/product_uuid").strip()};
    }

    /// The version of what is measured with: a kubelet has none of cAdvisor, as upstream's.
    static String version(KernelText kernel) {
        String system = kernel.of("/etc/os-release").lines().filter(line -> line.startsWith("PRETTY_NAME="))
                .findFirst().map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", "")).orElse("Linux");
        return new MetricText().family("cadvisor_version_info", MetricText.Type.GAUGE, "Versions, as labels of 1.")
                .value(1, "cadvisorRevision", "", "cadvisorVersion", "", "dockerVersion", "", "kernelVersion",
                        kernel.of("/proc/sys/kernel/osrelease").strip(), "osVersion", system)
                .toString();
    }

    /// All families.
    static String text(KernelText kernel) {
        return new MachineMetrics(kernel).told();
    }

    private String told() {
        String processors = kernel.of("/proc/cpuinfo");
        family("machine_cpu_books", "Books of processors, which mainframes have.", 0);
        family("machine_cpu_cores", "Processors.", distinct(processors, "processor"));
        family("machine_cpu_drawers", "Drawers of processors, which mainframes have.", 0);
        family("machine_cpu_physical_cores", "Cores that are not threads of another.",
                cores(processors, "core id", "core_id"));
        family("machine_cpu_sockets", "Sockets of processors.",
                cores(processors, "physical id", "physical_package_id"));
        modules();
        family("machine_memory_bytes", "Memory.", kernel.memory("MemTotal"));
        family("machine_nvm_avg_power_budget_watts", "Not measured.", 0);
        text.family("machine_nvm_capacity", MetricText.Type.GAUGE, "Not measured.");
        Stream.of("app_direct_mode", "memory_mode").forEach(mode -> text.value(0, labels("mode", mode)));
        family("machine_swap_bytes", "Swap.", kernel.memory("SwapTotal"));
        return text.family("machine_scrape_error", MetricText.Type.GAUGE, "Whether figures could not be read.").value(0)
                .toString();
    }

    private void family(String name, String help, long value) {
        text.family(name, MetricText.Type.GAUGE, help).value(value, ids);
    }

    /// With one label more, where its name belongs in the order of names: before the machine's or behind.
    private String[] labels(String name, String value) {
        Map<String, String> sorted = new TreeMap<>(Map.of(name, value));
        for (int i = 0; i < ids.length; i += 2) {
            sorted.put(ids[i], ids[i + 1]);
        }
        return sorted.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray(String[]::new);
    }

    private static long distinct(String processors, String start) {
        return processors.lines().filter(line -> line.startsWith(start)).distinct().count();
    }

    /// Where `/proc/cpuinfo` says nothing of them, as on arm64, `/sys` does.
    private long cores(String processors, String line, String file) {
        long told = distinct(processors, line);
        Path all = kernel.path(PROCESSORS);
        return told > 0 ? told : KernelText.directories(all, MOST_PROCESSORS).stream()
                .filter(name -> name.startsWith("cpu") && Character.isDigit(name.charAt(name.length() - 1)))
                .map(name -> all.resolve(name).resolve("topology"))
                .map(topology -> KernelText.of(topology.resolve(file)).strip() + " "
                        + KernelText.of(topology.resolve("physical_package_id")).strip())
                .distinct().count();
    }

    /// Modules of memory by type, where the machine tells of them.
    private void modules() {
        Path controllers = kernel.path(CONTROLLERS);
        Map<String, long[]> byType = new TreeMap<>();
        for (String controller : KernelText.directories(controllers, MOST_MODULES)) {
            for (String module : KernelText.directories(controllers.resolve(controller), MOST_MODULES)) {
                Path each = controllers.resolve(controller).resolve(module);
                String type = KernelText.of(each.resolve("dimm_mem_type")).strip();
                if (module.startsWith("dimm") && !type.isEmpty()) {
                    long[] sums = byType.computeIfAbsent(type, _ -> new long[2]);
                    sums[0]++;
                    sums[1] += KernelText.number(each.resolve("size")) << 20;
                }
            }
        }
        List<String> names = List.of("machine_dimm_count", "machine_dimm_capacity_bytes");
        List<String> helps = List.of("Modules of memory.", "Memory of all modules.");
        for (int i = 0; i < names.size() && !byType.isEmpty(); i++) {
            int index = i;
            text.family(names.get(i), MetricText.Type.GAUGE, helps.get(i));
            byType.forEach((type, sums) -> text.value(sums[index], labels("type", type)));
        }
    }
}
