package io.k3j.kubeletcpus;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the argument `cpu-manager-policy-options` says: how policy `static` chooses. Options that upstream has on by
/// default in 1.36; those of its alpha stage are refused as by a kubelet whose gate is off. A value. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#cpu-policy-static--options>.
///
/// @param fullCores `full-pcpus-only`: containers do not share cores
/// @param acrossNodes `distribute-cpus-across-numa`: who needs several NUMA nodes has as much of each
/// @param strictReservation `strict-cpu-reservation`: nobody runs on reserved CPUs
/// @param byCache `prefer-align-cpus-by-uncorecache`: CPUs of one last-level cache where it has enough
public record CpuPolicyOptions(boolean fullCores, boolean acrossNodes, boolean strictReservation, boolean byCache) {
    /// As upstream without options.
    public static final CpuPolicyOptions NONE = new CpuPolicyOptions(false, false, false, false);
    private static final String FULL_CORES = "full-pcpus-only";
    private static final String ACROSS_NODES = "distribute-cpus-across-numa";
    private static final String STRICT = "strict-cpu-reservation";
    private static final String BY_CACHE = "prefer-align-cpus-by-uncorecache";
    private static final Set<String> KNOWN = Set.of(FULL_CORES, ACROSS_NODES, STRICT, BY_CACHE);
    private static final Set<String> ALPHA = Set.of("align-by-socket", "distribute-cpus-across-cores");

    /// Reads the argument's pairs, `full-pcpus-only=true,strict-cpu-reservation=true`.
    /// @throws IllegalArgumentException with upstream's words for what cannot be, and what to type
    public static CpuPolicyOptions parse(String text) {
        Map<String, Boolean> given = new TreeMap<>();
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                int at = pair.indexOf('=');
                String name = (at < 0 ? pair : pair.substring(0, at)).strip();
                given.put(name, flag(text, name, at < 0 ? "" : pair.substring(at + 1).strip()));
            }
        }
        CpuPolicyOptions options = new CpuPolicyOptions(given.getOrDefault(FULL_CORES, false),
                given.getOrDefault(ACROSS_NODES, false), given.getOrDefault(STRICT, false),
                given.getOrDefault(BY_CACHE, false));
        if (options.byCache && options.acrossNodes) {
            throw wrong(text, "static policy options " + BY_CACHE + " and " + ACROSS_NODES
                    + " can not be used at the same time; leave one of them out");
        }
        return options;
    }

    private static boolean flag(String text, String name, String value) {
        if (ALPHA.contains(name)) {
            throw wrong(text, "CPU Manager Policy Alpha-level Options not enabled, but option \"" + name
                    + "\" provided; leave it out: the gate CPUManagerPolicyAlphaOptions is not supported by K3j");
        }
        if (!KNOWN.contains(name)) {
            throw wrong(text, "unknown CPU Manager Policy option: \"" + name + "\"; write " + FULL_CORES + ", "
                    + ACROSS_NODES + ", " + STRICT + " or " + BY_CACHE);
        }
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw wrong(text, "bad value for option \"" + name + "\": strconv.ParseBool: parsing \"" + value
                    + "\": invalid syntax; write " + name + "=true");
        };
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("--kubelet-arg cpu-manager-policy-options=" + text + ": " + why);
    }
}
