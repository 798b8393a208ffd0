package io.k3j.netpolicy;

import io.k3j.model.Key;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Whether a new flow may pass, and who says so.
///
/// @param from what the sender's egress policies say
/// @param to what the receiver's ingress policies say
public record PolicyCheck(Side from, Side to) {
    /// One end's word.
    ///
    /// @param direction seen from that end
    /// @param isolating the policies that isolate it; none: it is open
    /// @param allowing the first that lets the flow through
    public record Side(Direction direction, List<Key> isolating, Optional<Key> allowing) {
        /// Whether this end lets it through.
        public boolean allowed() {
            return isolating.isEmpty() || allowing.isPresent();
        }
    }

    /// Judges a new flow. A pod always reaches itself, and a node its own pods, as for probes; answers to a flow that
    /// was let through are not asked about.
    public static PolicyCheck of(PolicyFlow flow, Collection<PodPolicy> policies) {
        if (flow.from().address().equals(flow.to().address())) {
            return new PolicyCheck(open(Direction.EGRESS), open(Direction.INGRESS));
        }
        boolean home = flow.to().pod().filter(p -> p.node().equals(flow.from().node())).isPresent();
        return new PolicyCheck(side(Direction.EGRESS, flow, policies),
                home ? open(Direction.INGRESS) : side(Direction.INGRESS, flow, policies));
    }

    private static Side side(Direction direction, PolicyFlow flow, Collection<PodPolicy> policies) {
        return flow.subject(direction).pod().flatMap(p -> Isolation.of(p, direction, policies))
                .map(i -> new Side(direction, i.policies(), i.allows(flow))).orElse(open(direction));
    }

    private static Side open(Direction direction) {
        return new Side(direction, List.of(), Optional.empty());
    }

    /// Whether both ends let it through.
    public boolean allowed() {
        return from.allowed() && to.allowed();
    }
}
