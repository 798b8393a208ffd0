package io.k3j.authrbac;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Whether rules together cover another rule, for each combination of verb, group, resource and name, as
/// upstream's escalation check (`rbac/validation`) does. Values held by the same rules are checked once, so
/// that the product of a rule's lists is never enumerated. After [#MAX_STEPS] steps all further rules count as
/// not covered. For one check of any number of rules; not thread-safe.
final class Coverage {
    /// Bound of the comparisons of a rule with a value, so that a large role cannot occupy the server.
    static final int MAX_STEPS = 2_000_000;
    private final List<PolicyRule> owned;
    private int stepsLeft = MAX_STEPS;

    /// @param owned the rules the caller holds
    Coverage(List<PolicyRule> owned) {
        this.owned = owned;
    }

    /// Whether the rules cover `wanted`.
    boolean covers(PolicyRule wanted) {
        BitSet all = new BitSet();
        all.set(0, owned.size());
        return every(wanted.verbs(), all, PolicyRule::hasVerb,
                held -> every(wanted.paths(), held, PolicyRule::holdsPath,
                        last -> true) && resources(wanted, held));
    }

    private boolean resources(PolicyRule wanted, BitSet held) {
        return every(wanted.groups(), held, PolicyRule::hasGroup,
                g -> every(wanted.resources(), g, PolicyRule::coversResource,
                        r -> names(wanted, r)));
    }

    private boolean names(PolicyRule wanted, BitSet held) {
        return wanted.names().isEmpty() ? held.stream().anyMatch(i -> owned.get(i).names().isEmpty())
                : every(wanted.names(), held, (rule, name) -> rule.names().isEmpty() || rule.names().contains(name),
                        last -> true);
    }

    /// Whether each value is held by some of the rules, and those rules satisfy `rest`.
    private boolean every(Set<String> values, BitSet rules, BiPredicate<PolicyRule, String> grant,
            Predicate<BitSet> rest) {
        Set<BitSet> different = new HashSet<>();
        for (String value : values) {
            BitSet holding = new BitSet();
            for (int i = rules.nextSetBit(0); i >= 0; i = rules.nextSetBit(i + 1)) {
                if (--stepsLeft < 0) {
                    return false;
                }
                holding.set(i, grant.test(owned.get(i), value));
            }
            if (holding.isEmpty() || different.add(holding) && !rest.test(holding)) {
                return false;
            }
        }
        return true;
    }
}
