package io.k3j.authrbac;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What somebody lacks of a role's rules, told resource by resource with all verbs of each, as upstream's
/// `ConfirmNoEscalation` tells it after `CompactRules`. For one check and one thread.
final class MissingRights {
    /// The most rights that are looked at one by one: the product of a rule's lists may be any number. One with long
    /// words counts as several.
    static final int MOST = 10_000;
    private static final int WORDS_LENGTH = 64;
    private final Coverage held;
    /// What is missing but its verbs, and these in the order of the rules.
    private final Map<Struct, List<String>> verbs = new LinkedHashMap<>();
    private final Set<String> texts = new TreeSet<>();
    private int left = MOST;

    private MissingRights(Coverage held) {
        this.held = held;
    }

    /// One text for each resource and path, sorted; empty where everything is held.
    ///
    /// @param held what the caller may do
    static Set<String> of(Struct role, Coverage held) {
        MissingRights missing = new MissingRights(held);
        for (Struct rule : role.seq("rules").structs()) {
            if (!held.covers(PolicyRule.of(rule)) && !missing.rule(rule)) {
                // what was not found among the first is missing all the same
                missing.texts.add(text(whole(rule)));
            }
        }
        missing.verbs.forEach((right, all) -> missing.texts.add(text(right.with("Verbs", all))));
        return missing.texts;
    }

    /// Whether something was found.
    private boolean rule(Struct rule) {
        boolean found = false;
        List<String> names = rule.seq("resourceNames").texts();
        for (String group : rule.seq("apiGroups").texts()) {
            for (String resource : rule.seq("resources").texts()) {
                for (String verb : rule.seq("verbs").texts()) {
                    for (String name : names.isEmpty() ? List.of("") : names) {
                        if (left <= 0) {
                            return found;
                        }
                        found |= right(group, resource, name, verb);
                    }
                }
            }
        }
        for (String path : rule.seq("nonResourceURLs").texts()) {
            for (String verb : rule.seq("verbs").texts()) {
                if (left <= 0) {
                    return found;
                }
                found |= lacks(new PolicyRule(Set.of(verb), Set.of(), Set.of(), Set.of(), Set.of(path)),
                        path.length() + verb.length())
                        && texts.add(text(Struct.of("NonResourceURLs", List.of(path), "Verbs", List.of(verb))));
            }
        }
        return found;
    }

    /// @param name empty where all are meant
    private boolean right(String group, String resource, String name, String verb) {
        Set<String> names = name.isEmpty() ? Set.of() : Set.of(name);
        int length = verb.length() + group.length() + resource.length() + name.length();
        if (!lacks(new PolicyRule(Set.of(verb), Set.of(group), Set.of(resource), names, Set.of()), length)) {
            return false;
        }
        Struct right = Struct.of("APIGroups", List.of(group), "Resources", List.of(resource));
        verbs.computeIfAbsent(name.isEmpty() ? right : right.with("ResourceNames", List.of(name)),
                r -> new ArrayList<>()).add(verb);
        return true;
    }

    private boolean lacks(PolicyRule one, int length) {
        left -= 1 + length / WORDS_LENGTH;
        return left >= 0 && !held.covers(one);
    }

    private static Struct whole(Struct rule) {
        return Struct.builder().putUnlessEmpty("APIGroups", rule.seq("apiGroups"))
                .putUnlessEmpty("Resources", rule.seq("resources"))
                .putUnlessEmpty("NonResourceURLs", rule.seq("nonResourceURLs"))
                .putUnlessEmpty("ResourceNames", rule.seq("resourceNames")).put("Verbs", rule.seq("verbs")).build();
    }

    private static String text(Struct right) {
        List<String> parts = new ArrayList<>();
        for (String name : right.names()) {
            parts.add(name + ":" + quoted(right.seq(name).texts()));
        }
        return "{" + String.join(", ", parts) + "}";
    }

    /// As Go prints a list with `%q`.
    static String quoted(List<String> texts) {
        return texts.isEmpty() ? "[]" : "[\"" + String.join("\" \"", texts) + "\"]";
    }
}
