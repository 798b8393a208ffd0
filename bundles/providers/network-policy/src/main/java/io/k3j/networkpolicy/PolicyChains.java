package io.k3j.networkpolicy;

import io.k3j.model.Key;
import io.k3j.netpolicy.Direction;
import java.util.List;
import java.util.Map;

/// The rules of an isolation. Their names come from their content, so that pods with the same isolation share them and
/// rules that change become other rules, which packets meet all at once.
///
/// @param chain where packets of the pod go
/// @param chains all chains with their rules, that one among them
/// @param members the sets filled with addresses of pods, by name without its family, each the sum of its sources
/// @param blocks the sets of networks by name
/// @param counters what is counted, by the counter's name
record PolicyChains(String chain, Map<String, List<String>> chains, Map<String, List<MemberSet.Source>> members,
        Map<String, List<String>> blocks, Map<String, Counted> counters) {
    /// What a counter counts.
    ///
    /// @param policy whose; `*` for rules made of more than [IsolationRules#MOST_APART] policies
    /// @param passed whether the packets pass
    record Counted(Key policy, Direction direction, boolean passed) {
    }
}
