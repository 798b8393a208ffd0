package io.k3j.admissionmatching;

import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;

/// Of which requests somebody is asked. A value; made once for each change of the object it stands in.
/// @param equivalent `matchPolicy: Equivalent`: also of requests for the same object in another version or group
/// @param rules one of them must match; none: all requests do
/// @param excluded none of them may match (`excludeResourceRules`)
public record MatchCriteria(boolean equivalent, List<AdmissionRule> rules, List<AdmissionRule> excluded,
        Selector namespaces, Selector objects) {
    /// Every request, in the form in which it was made.
    public static final MatchCriteria EVERYTHING = new MatchCriteria(false, List.of(), List.of(), Selector.EVERYTHING,
            Selector.EVERYTHING);

    /// `matchConstraints` of a policy or `matchResources` of a binding.
    /// @throws IllegalArgumentException for a selector that is none
    public static MatchCriteria of(Struct match) {
        return new MatchCriteria(equivalent(match), rules(match.seq("resourceRules")),
                rules(match.seq("excludeResourceRules")), Selector.of(match.struct("namespaceSelector")),
                Selector.of(match.struct("objectSelector")));
    }

    /// What a webhook says; without rules it is asked of nothing.
    /// @throws IllegalArgumentException for a selector that is none
    public static MatchCriteria ofWebhook(Struct webhook) {
        MatchCriteria broad = ofBrokenWebhook(webhook);
        return new MatchCriteria(broad.equivalent, broad.rules, List.of(),
                Selector.of(webhook.struct("namespaceSelector")), Selector.of(webhook.struct("objectSelector")));
    }

    /// The same without selectors: a webhook whose selectors are none fails for every request that its rules match.
    public static MatchCriteria ofBrokenWebhook(Struct webhook) {
        List<AdmissionRule> rules = rules(webhook.seq("rules"));
        return new MatchCriteria(equivalent(webhook), rules.isEmpty() ? List.of(AdmissionRule.NEVER) : rules,
                List.of(), Selector.EVERYTHING, Selector.EVERYTHING);
    }

    private static List<AdmissionRule> rules(Seq rules) {
        return rules.structs().stream().map(AdmissionRule::of).toList();
    }

    private static boolean equivalent(Struct match) {
        return !match.text("matchPolicy").equals("Exact");
    }
}
