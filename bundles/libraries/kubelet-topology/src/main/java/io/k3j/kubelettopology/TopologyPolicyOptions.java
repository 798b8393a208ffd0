package io.k3j.kubelettopology;

/// What the argument `topology-manager-policy-options` says. A value. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/#topology-manager-policy-options>.
///
/// @param preferClosest `prefer-closest-numa-nodes`: of as many nodes those that are nearest to each other
/// @param mostNodes `max-allowable-numa-nodes`: how many NUMA nodes a machine may have
public record TopologyPolicyOptions(boolean preferClosest, int mostNodes) {
    /// As upstream without options.
    public static final TopologyPolicyOptions NONE = new TopologyPolicyOptions(false, TopologyPolicy.MOST_NODES);
    private static final String CLOSEST = "prefer-closest-numa-nodes";
    private static final String MOST = "max-allowable-numa-nodes";

    /// Reads the argument's pairs, `prefer-closest-numa-nodes=true,max-allowable-numa-nodes=16`.
    /// @throws IllegalArgumentException with upstream's words for what cannot be, and what to type
    public static TopologyPolicyOptions parse(String text) {
        TopologyPolicyOptions options = NONE;
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                int at = pair.indexOf('=');
                options = options.with(text, (at < 0 ? pair : pair.substring(0, at)).strip(),
                        at < 0 ? "" : pair.substring(at + 1).strip());
            }
        }
        return options;
    }

    private TopologyPolicyOptions with(String text, String name, String value) {
        return switch (name) {
            case CLOSEST -> new TopologyPolicyOptions(flag(text, value), mostNodes);
            case MOST -> new TopologyPolicyOptions(preferClosest, most(text, value));
            default -> throw wrong(text, "unknown Topology Manager Policy option: \"" + name + "\"; write " + CLOSEST
                    + " or " + MOST);
        };
    }

    private static boolean flag(String text, String value) {
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw wrong(text, "bad value for option \"" + CLOSEST + "\": strconv.ParseBool: parsing \""
                    + value + "\": invalid syntax; write " + CLOSEST + "=true");
        };
    }

    private static int most(String text, String value) {
        int most;
        try {
            most = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(text, "unable to convert policy option to integer \"" + MOST + "\": strconv.Atoi: parsing \""
                    + value + "\": invalid syntax; write " + MOST + "=16");
        }
        if (most < TopologyPolicy.MOST_NODES) {
            throw wrong(text, "the minimum value of \"" + MOST + "\" should not be less than "
                    + TopologyPolicy.MOST_NODES + "; leave it out for that");
        }
        return most;
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("--kubelet-arg topology-manager-policy-options=" + text + ": " + why);
    }
}
