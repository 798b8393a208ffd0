package io.k3j.podsecurity;

import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// What is said of a namespace whose enforced level becomes stricter: which of its pods, that stay all the same,
/// violate the new one; upstream's `EvaluatePodsInNamespace`, in its words and within its bounds.
///
/// **Threads.** Any; nothing changes. **Blocking.** A second at most, beside the list of the pods.
public final class NamespaceWarnings {
    private static final int MOST_PODS = 3_000;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private final PodSecurityConfiguration configuration;
    private final Function<String, Optional<Collection<Obj>>> pods;
    private final LongSupplier nanos;

    /// The lexically first pod of those that violate the same, and how many they are.
    private record Some(String first, int count) {
        Some and(String name) {
            return new Some(name.compareTo(first) < 0 ? name : first, count + 1);
        }

        String told() {
            return switch (count) {
                case 1 -> first;
                case 2 -> first + " (and 1 other pod)";
                default -> first + " (and " + (count - 1) + " other pods)";
            };
        }
    }

    /// @param pods of a namespace; empty when they cannot be listed
    /// @param nanos as [System#nanoTime]
    public NamespaceWarnings(PodSecurityConfiguration configuration,
            Function<String, Optional<Collection<Obj>>> pods, LongSupplier nanos) {
        this.configuration = configuration;
        this.pods = pods;
        this.nanos = nanos;
    }

    /// The warnings of a change of a namespace's labels; none where the enforced level stays, or becomes less strict in
    /// the same version.
    public List<String> of(String namespace, Map<String, String> before, Map<String, String> labels) {
        PodSecurityLevel level = PodSecurityLevel.enforced(labels, configuration.defaults());
        PodSecurityLevel old = PodSecurityLevel.enforced(before, configuration.defaults());
        if (level.equals(old) || level.privileged() || level.version().equals(old.version()) && !level.stricter(old)) {
            return List.of();
        }
        return configuration.namespaces().contains(namespace) ? ignored(namespace, labels)
                : existing(namespace, level);
    }

    /// Of a namespace that is exempt, what its labels ask for in vain.
    private List<String> ignored(String namespace, Map<String, String> labels) {
        List<PodSecurityLevel> policy = policy(labels);
        List<PodSecurityLevel> defaults = policy(Map.of());
        StringJoiner asked = new StringJoiner(", ");
        boolean other = false;
        for (int i = 0; i < policy.size(); i++) {
            PodSecurityLevel level = policy.get(i);
            String label = PodSecurityLevel.MODES.get(i);
            other |= !level.equals(defaults.get(i)) && !(level.privileged() && defaults.get(i).privileged());
            if (!level.privileged() && (labels.containsKey(label) || labels.containsKey(label + "-version"))) {
                asked.add(label.substring(label.indexOf('/') + 1) + "=" + level);
            }
        }
        return !other || policy.stream().allMatch(PodSecurityLevel::privileged) ? List.of()
                : List.of("namespace \"" + namespace + "\" is exempt from Pod Security, and the policy (" + asked
                        + ") will be ignored");
    }

    /// In the order of [PodSecurityLevel#MODES].
    private List<PodSecurityLevel> policy(Map<String, String> labels) {
        Map<String, String> defaults = configuration.defaults();
        return List.of(PodSecurityLevel.enforced(labels, defaults), PodSecurityLevel.audited(labels, defaults),
                PodSecurityLevel.warned(labels, defaults));
    }

    private List<String> existing(String namespace, PodSecurityLevel level) {
        long begun = nanos.getAsLong();
        Optional<Collection<Obj>> listed = pods.apply(namespace);
        if (listed.isEmpty()) {
            return List.of("failed to list pods while checking new PodSecurity enforce level");
        }
        List<Obj> all = prioritized(listed.get());
        Map<String, Some> violating = new TreeMap<>();
        int checked = 0;
        for (boolean late = false; !late && checked < Math.min(all.size(), MOST_PODS); checked++) {
            Obj pod = all.get(checked);
            List<String> wrong = PodSecurityChecks.violations(pod.tree(), level);
            if (!wrong.isEmpty()) {
                violating.merge(String.join(", ", wrong.stream().map(PodSecurityChecks::reason).toList()),
                        new Some(pod.name(), 1), (some, one) -> some.and(one.first));
            }
            late = nanos.getAsLong() - begun > MOST_NANOS;
        }
        List<String> warnings = new ArrayList<>();
        if (checked < all.size()) {
            warnings.add("new PodSecurity enforce level only checked against the first " + checked + " of " + all.size()
                    + " existing pods");
        }
        if (!violating.isEmpty()) {
            warnings.add("existing pods in namespace \"" + namespace + "\" violate the new PodSecurity enforce level \""
                    + level + "\"");
        }
        violating.entrySet().stream().map(e -> e.getValue().told() + ": " + e.getKey()).sorted()
                .forEach(warnings::add);
        return warnings;
    }

    /// One pod of each controller, and those without one, before the others, which are likely to be the same.
    private List<Obj> prioritized(Collection<Obj> listed) {
        List<Obj> first = new ArrayList<>(listed.size());
        List<Obj> more = new ArrayList<>();
        Set<String> controllers = new HashSet<>();
        for (Obj pod : listed) {
            if (!configuration.runtimeClasses().contains(pod.spec().text("runtimeClassName"))) {
                boolean fresh = pod.controller().map(c -> controllers.add(c.text("uid"))).orElse(true);
                (fresh ? first : more).add(pod);
            }
        }
        first.addAll(more);
        return first;
    }
}
