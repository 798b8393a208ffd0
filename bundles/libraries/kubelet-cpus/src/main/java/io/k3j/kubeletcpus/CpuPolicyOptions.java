package io.k3j.kubeletcpus;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the argument `cpu-manager-policy-options` says: how policy `static` chooses. A value. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/cpu-management-policies/#cpu-policy-static--options>.
///
/// @param fullCores `full-pcpus-only`: containers do not share cores
/// @param acrossNodes `distribute-cpus-across-numa`: who needs several NUMA nodes has as much of each
/// @param strictReservation `strict-cpu-reservation`: nobody runs on reserved CPUs
/// @param byCache `prefer-align-cpus-by-uncorecache`: CPUs of one last-level cache where it has enough
/// @param bySocket `align-by-socket`, of the alpha stage: NUMA nodes of one socket are as good as one node
/// @param acrossCores `distribute-cpus-across-cores`, of the alpha stage: CPUs of different cores
public record CpuPolicyOptions(boolean fullCores, boolean acrossNodes, boolean strictReservation, boolean byCache,
        boolean bySocket, boolean acrossCores) {
    /// As upstream without options.
    public static final CpuPolicyOptions NONE = new CpuPolicyOptions(false, false, false, false, false, false);
    private static final String FULL_CORES = "full-pcpus-only";
    private static final String ACROSS_NODES = "distribute-cpus-across-numa";
    private static final String STRICT = "strict-cpu-reservation";
    private static final String BY_CACHE = "prefer-align-cpus-by-uncorecache";
    private static final String BY_SOCKET = "align-by-socket";
    private static final String ACROSS_CORES = "distribute-cpus-across-cores";
    private static final Set<String> KNOWN = Set.of(FULL_CORES, ACROSS_NODES, STRICT, BY_CACHE);
    private static final Set<String> ALPHA = Set.of(BY_SOCKET, ACROSS_CORES);
    /// What cannot be together.
    private static final List<List<String>> APART = List.of(List.of(FULL_CORES, ACROSS_CORES),
            List.of(ACROSS_NODES, ACROSS_CORES), List.of(BY_CACHE, ACROSS_CORES), List.of(BY_CACHE, ACROSS_NODES));

    /// Reads the argument's pairs, `full-pcpus-only=true,strict-cpu-reservation=true`.
    /// @param alpha whether options of the alpha stage may be there, by the gate `CPUManagerPolicyAlphaOptions`
    /// @throws IllegalArgumentException with upstream's words for what cannot be, and what to type
    public static CpuPolicyOptions parse(String text, boolean alpha) {
        Map<String, Boolean> given = new TreeMap<>();
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                int at = pair.indexOf('=');
                String name = (at < 0 ? pair : pair.substring(0, at)).strip();
                check(text, name, alpha);
                given.put(name, flag(text, name, at < 0 ? "" : pair.substring(at + 1).strip()));
            }
        }
        for (List<String> pair : APART) {
            if (pair.stream().allMatch(name -> given.getOrDefault(name, false))) {
                throw wrong(text, "static policy options " + String.join(" and ", pair)
                        + " can not be used at the same time; leave one of them out");
            }
        }
        return new CpuPolicyOptions(given.getOrDefault(FULL_CORES, false), given.getOrDefault(ACROSS_NODES, false),
                given.getOrDefault(STRICT, false), given.getOrDefault(BY_CACHE, false),
                given.getOrDefault(BY_SOCKET, false), given.getOrDefault(ACROSS_CORES, false));
    }

    private static void check(String text, String name, boolean alpha) {
        if (ALPHA.contains(name) && !alpha) {
            throw wrong(text, "CPU Manager Policy Alpha-level Options not enabled, but option \"" + name
                    + "\" provided; leave it out, or add --kubelet-arg=feature-gates="
                    + "CPUManagerPolicyAlphaOptions=true");
        }
        if (!ALPHA.contains(name) && !KNOWN.contains(name)) {
            throw wrong(text, "unknown CPU Manager Policy option: \"" + name + "\"; write " + FULL_CORES + ", "
                    + ACROSS_NODES + ", " + STRICT + " or " + BY_CACHE);
        }
    }

    private static boolean flag(String text, String name, String value) {
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
