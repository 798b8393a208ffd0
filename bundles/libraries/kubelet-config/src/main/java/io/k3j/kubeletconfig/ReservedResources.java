package io.k3j.kubeletconfig;

import io.k3j.apimachinery.Quantity;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a node keeps from its pods: the kubelet's arguments `kube-reserved`, `system-reserved` and `reserved-cpus`, and
/// whether pods are held to the rest by the limits of their control group, `enforce-node-allocatable`. Pure. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/>.
///
/// @param amounts by resource: `cpu`, `memory`, `ephemeral-storage`, and `pid` for processes
/// @param enforced whether pods together have no more than the rest
public record ReservedResources(Map<String, Quantity> amounts, boolean enforced) {
    /// As many processors as the kernel can be built for.
    public static final int MOST_CPUS = 8_192;
    /// Nothing is kept, and pods are held to what the node has.
    public static final ReservedResources NONE = new ReservedResources(Map.of(), true);
    private static final String CPU = "cpu";
    private static final Set<String> KNOWN = Set.of(CPU, "memory", "ephemeral-storage", "pid");
    private static final String LISTED = "reserved-cpus";
    private static final String ENFORCE = "enforce-node-allocatable";

    /// Copies the amounts.
    public ReservedResources {
        amounts = Map.copyOf(amounts);
    }

    /// Reads the arguments; others among them are left alone.
    ///
    /// @param arguments values by name, without dashes
    /// @param cpus of the machine, which `reserved-cpus` may name; at most [#MOST_CPUS]
    /// @throws IllegalArgumentException naming the argument, why it is wrong and what to write
    public static ReservedResources of(Map<String, String> arguments, int cpus) {
        Map<String, Quantity> all = new HashMap<>();
        for (String name : List.of("kube-reserved", "system-reserved")) {
            pairs(name, arguments.getOrDefault(name, ""))
                    .forEach((resource, amount) -> all.merge(resource, amount, Quantity::add));
        }
        String listed = arguments.getOrDefault(LISTED, "");
        if (!listed.isBlank()) {
            all.put(CPU, Quantity.of(cpus(listed, cpus)));
        }
        return new ReservedResources(all, enforced(arguments.getOrDefault(ENFORCE, "pods")));
    }

    /// Reads the arguments of a kubelet on a machine whose processors nobody has counted yet.
    ///
    /// @param arguments as `name=value`, without dashes; of several of one name the last counts
    /// @throws IllegalArgumentException as [#of]
    public static void check(Collection<String> arguments) {
        Map<String, String> byName = new HashMap<>();
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            byName.put(eq < 0 ? argument : argument.substring(0, eq), eq < 0 ? "true" : argument.substring(eq + 1));
        }
        of(byName, MOST_CPUS);
    }

    /// How much is kept of a resource.
    public Quantity amount(String resource) {
        return amounts.getOrDefault(resource, Quantity.ZERO);
    }

    private static Map<String, Quantity> pairs(String name, String text) {
        Map<String, Quantity> all = new HashMap<>();
        for (String pair : text.split(",")) {
            int at = pair.indexOf('=');
            if (at < 0 && !pair.isBlank()) {
                throw wrong(name, text, "malformed pair, expect string=string");
            }
            if (at >= 0) {
                String resource = pair.substring(0, at).strip();
                all.put(resource, amount(name, text, resource, pair.substring(at + 1).strip()));
            }
        }
        return all;
    }

    private static Quantity amount(String name, String text, String resource, String amount) {
        if (!KNOWN.contains(resource)) {
            throw wrong(name, text, "cannot reserve \"" + resource + "\" resource");
        }
        Quantity quantity = quantity(name, text, resource, amount);
        if (quantity.signum() < 0) {
            throw wrong(name, text, "resource quantity for \"" + resource + "\" cannot be negative: " + amount);
        }
        return quantity;
    }

    private static Quantity quantity(String name, String text, String resource, String amount) {
        try {
            return Quantity.parse(amount);
        } catch (IllegalArgumentException e) {
            throw wrong(name, text, "failed to parse quantity \"" + amount + "\" for \"" + resource + "\" resource: "
                    + e.getMessage());
        }
    }

    private static IllegalArgumentException wrong(String name, String text, String why) {
        return new IllegalArgumentException("--kubelet-arg " + name + "=" + text + ": " + why + "; write for example "
                + name + "=cpu=250m,memory=256Mi,ephemeral-storage=1Gi,pid=1000");
    }

    /// Counts the processors of a list as the kernel writes it: `0-1,8`.
    private static int cpus(String list, int cpus) {
        BitSet named = new BitSet();
        for (String part : list.split(",")) {
            int dash = part.indexOf('-');
            int first = cpu(list, dash < 0 ? part : part.substring(0, dash), cpus);
            int last = dash < 0 ? first : cpu(list, part.substring(dash + 1), cpus);
            if (last < first) {
                throw wrongCpus(list, part + " ends before it begins");
            }
            named.set(first, last + 1);
        }
        return named.cardinality();
    }

    private static int cpu(String list, String text, int cpus) {
        try {
            int cpu = Integer.parseInt(text.strip());
            if (cpu < 0 || cpu >= Math.min(cpus, MOST_CPUS)) {
                throw wrongCpus(list, "there is no CPU " + cpu + " on this machine");
            }
            return cpu;
        } catch (NumberFormatException e) {
            throw wrongCpus(list, "\"" + text + "\" is no number of a CPU");
        }
    }

    private static IllegalArgumentException wrongCpus(String list, String why) {
        return new IllegalArgumentException("--kubelet-arg " + LISTED + "=" + list + ": " + why
                + "; write numbers and ranges such as 0-1,8");
    }

    private static boolean enforced(String words) {
        List<String> all = List.of(words.split(",")).stream().map(String::strip).filter(w -> !w.isEmpty()).toList();
        if (all.contains("none") && all.size() > 1) {
            throw new IllegalArgumentException("--kubelet-arg " + ENFORCE + "=" + words
                    + ": it may not contain additional enforcements when \"none\" is specified; write pods or none");
        }
        if (!all.stream().allMatch(Set.of("pods", "none")::contains)) {
            throw new IllegalArgumentException("--kubelet-arg " + ENFORCE + "=" + words + ": limits of the control "
                    + "groups of the system are not supported by K3j; write pods or none, see docs/compatibility.md");
        }
        return all.contains("pods");
    }
}
