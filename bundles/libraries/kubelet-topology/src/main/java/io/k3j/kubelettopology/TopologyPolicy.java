package io.k3j.kubelettopology;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What is done where not everything can be had from the same NUMA nodes.
public enum TopologyPolicy {
    /// Nobody looks at NUMA nodes.
    NONE("none"),
    /// The best there is.
    BEST_EFFORT("best-effort"),
    /// The best there is, if it is as good as it could be on an empty machine; else the pod fails.
    RESTRICTED("restricted"),
    /// Everything from one node; else the pod fails.
    SINGLE_NUMA_NODE("single-numa-node");

    /// Upstream's `maxAllowableNUMANodes` without the option of that name.
    public static final int MOST_NODES = 8;
    private final String word;

    TopologyPolicy(String word) {
        this.word = word;
    }

    /// What several hints came to.
    ///
    /// @param first the nodes of the first of them; 0 before
    private record Merged(TopologyHint hint, long first) {
    }

    /// The policy of an argument's value.
    /// @throws IllegalArgumentException when there is no such policy, naming those there are
    public static TopologyPolicy of(String word) {
        return Arrays.stream(values()).filter(p -> p.word.equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown policy: \"" + word + "\"; write "
                        + Arrays.stream(values()).map(p -> p.word).collect(Collectors.joining(", "))));
    }

    /// The nodes from which to take what a container asks for.
    /// @param supplies of resources that lie near nodes
    /// @param machine bits of all nodes, mostly at most [#MOST_NODES]; what this costs grows with each by a factor
    /// @param distances which of as many nodes are better
    /// @return all nodes where it does not matter
    public TopologyHint merge(List<? extends HintProvider> supplies, long machine, NumaDistances distances) {
        TopologyHint any = new TopologyHint(machine, true);
        if (this == NONE || supplies.isEmpty()) {
            return any;
        }
        Set<Merged> merged = Set.of(new Merged(any, 0));
        int wide = 0;
        for (HintProvider supply : supplies) {
            List<TopologyHint> hints = considered(supply.hints(machine), machine);
            wide = Math.max(wide, hints.stream().mapToInt(TopologyHint::count).min().orElse(0));
            merged = merged(merged, hints);
        }
        int least = wide;
        TopologyHint none = new TopologyHint(machine, false);
        return merged.stream().map(Merged::hint).filter(hint -> hint.nodes() != 0)
                .reduce((one, other) -> better(other, one, least, distances) ? other : one).orElse(none);
    }

    /// What is not to be had at all is to be had from everywhere, which is not preferred.
    private List<TopologyHint> considered(List<TopologyHint> hints, long machine) {
        if (this == SINGLE_NUMA_NODE) {
            return hints.stream().filter(hint -> hint.preferred() && hint.count() == 1).toList();
        }
        return hints.isEmpty() ? List.of(new TopologyHint(machine, false)) : hints;
    }

    /// Preferred is only what is so for each and the same for all.
    private static Set<Merged> merged(Set<Merged> before, List<TopologyHint> hints) {
        Set<Merged> all = new LinkedHashSet<>();
        for (Merged one : before) {
            for (TopologyHint hint : hints) {
                boolean same = one.first == 0 || one.first == hint.nodes();
                all.add(new Merged(new TopologyHint(one.hint.nodes() & hint.nodes(),
                        one.hint.preferred() && hint.preferred() && same),
                        one.first == 0 ? hint.nodes() : one.first));
            }
        }
        return all;
    }

    /// Of those that are not preferred, one that is wide enough for each is better than a narrow one.
    private static boolean better(TopologyHint hint, TopologyHint than, int wide, NumaDistances distances) {
        if (hint.preferred() != than.preferred()) {
            return hint.preferred();
        }
        if (!hint.preferred() && (hint.count() < wide || than.count() < wide)) {
            return hint.count() > than.count()
                    || hint.count() == than.count() && distances.closer(hint, than);
        }
        return distances.closer(hint, than);
    }

    /// Whether a container may begin with what was found for it.
    public boolean admits(TopologyHint hint) {
        return this == NONE || this == BEST_EFFORT || hint.preferred();
    }
}
