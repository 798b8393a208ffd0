package io.k3j.authrbac;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// Whether rules together allow all that one rule allows, each combination of verb, group, resource and name for
/// itself, as upstream's check of escalations does. Values that the same owned rules hold are judged once, so that
/// the product of a rule's lists is never formed; once a check of all its rules has taken more than [#MAX_STEPS],
/// nothing else counts as covered. For one check, of any number of rules.
final class Coverage {
    /// How many times an owned rule is asked about a value, at most.
    static final int MAX_STEPS = 2_000_000;
    private final List<Rule> owned;
    private int left = MAX_STEPS;

    /// Judges by the rules somebody holds.
    Coverage(List<Rule> owned) {
        this.owned = owned;
    }

    /// Whether they cover `wanted`.
    boolean covers(Rule wanted) {
        BitSet all = new BitSet();
        all.set(0, owned.size());
        return every(wanted.verbs(), all, Rule::hasVerb, held -> every(wanted.paths(), held, Rule::path,
                last -> true) && resources(wanted, held));
    }

    private boolean resources(Rule wanted, BitSet held) {
        return every(wanted.groups(), held, Rule::hasGroup, g -> every(wanted.resources(), g, Rule::coversResource,
                r -> names(wanted, r)));
    }

    private boolean names(Rule wanted, BitSet held) {
        return wanted.names().isEmpty() ? held.stream().anyMatch(i -> owned.get(i).names().isEmpty())
                : every(wanted.names(), held, (rule, name) -> rule.names().isEmpty() || rule.names().contains(name),
                        last -> true);
    }

    /// Whether each value is held by some of the rules, and what these hold passes the rest of the question.
    private boolean every(Set<String> values, BitSet rules, BiPredicate<Rule, String> holds, Predicate<BitSet> rest) {
        Set<BitSet> different = new HashSet<>();
        for (String value : values) {
            BitSet holding = new BitSet();
            for (int i = rules.nextSetBit(0); i >= 0; i = rules.nextSetBit(i + 1)) {
                if (--left < 0) {
                    return false;
                }
                holding.set(i, holds.test(owned.get(i), value));
            }
            if (holding.isEmpty() || different.add(holding) && !rest.test(holding)) {
                return false;
            }
        }
        return true;
    }
}
