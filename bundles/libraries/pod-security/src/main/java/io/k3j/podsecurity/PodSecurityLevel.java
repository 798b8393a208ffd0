package io.k3j.podsecurity;

import io.k3j.apiserverapi.FieldProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A level of the pod security standards in a version, as namespace labels name it.
/// @param version as messages show it, `latest` or `v1.36`
/// @param minor the minor version, [Integer#MAX_VALUE] for `latest`
public record PodSecurityLevel(String name, String version, int minor) {
    /// The level that allows everything.
    public static final String PRIVILEGED = "privileged";
    static final String BASELINE = "baseline";
    /// The label of the level that pods must meet.
    public static final String ENFORCE = "pod-security.kubernetes.io/enforce";
    /// The label of the level that is warned of.
    public static final String WARN = "pod-security.kubernetes.io/warn";
    static final String AUDIT = "pod-security.kubernetes.io/audit";
    /// The labels of levels, in upstream's order.
    static final List<String> MODES = List.of(ENFORCE, AUDIT, WARN);
    private static final String RESTRICTED = "restricted";
    private static final List<String> NAMES = List.of(PRIVILEGED, BASELINE, RESTRICTED);
    private static final String LATEST = "latest";
    private static final int NEWEST = Integer.MAX_VALUE;

    /// The level that pods must meet. An invalid value counts as `restricted`, as upstream falls back.
    /// @param defaults values for missing labels
    public static PodSecurityLevel enforced(Map<String, String> labels, Map<String, String> defaults) {
        return of(merged(labels, defaults), ENFORCE, RESTRICTED);
    }

    /// The level of the warnings: that of the label `warn`; without it the enforced level when a label sets that or
    /// when the defaults do not set a less strict one, in the version of its own where a label sets that. An invalid
    /// label warns of nothing, as upstream.
    public static PodSecurityLevel warned(Map<String, String> labels, Map<String, String> defaults) {
        Map<String, String> all = merged(labels, defaults);
        PodSecurityLevel warned = of(all, WARN, PRIVILEGED);
        if (labels.containsKey(WARN)) {
            return warned;
        }
        PodSecurityLevel enforced = of(all, ENFORCE, PRIVILEGED);
        if (!enforced.stricter(warned) || !labels.containsKey(ENFORCE) && defaults.containsKey(WARN)) {
            return warned;
        }
        return labels.containsKey(WARN + "-version")
                ? new PodSecurityLevel(enforced.name, warned.version, warned.minor) : enforced;
    }

    /// The level whose violations the audit is told; none where a label from before its check is invalid, as upstream.
    public static PodSecurityLevel audited(Map<String, String> labels, Map<String, String> defaults) {
        return of(merged(labels, defaults), AUDIT, PRIVILEGED);
    }

    private static Map<String, String> merged(Map<String, String> labels, Map<String, String> defaults) {
        Map<String, String> all = new HashMap<>(defaults);
        all.putAll(labels);
        return all;
    }

    /// @param instead what an invalid level counts as; an invalid version counts as the latest
    private static PodSecurityLevel of(Map<String, String> labels, String label, String instead) {
        String name = labels.getOrDefault(label, PRIVILEGED);
        String version = labels.getOrDefault(label + "-version", LATEST);
        Optional<Integer> minor = minor(version);
        return new PodSecurityLevel(NAMES.contains(name) ? name : instead, minor.isPresent() ? version : LATEST,
                minor.orElse(NEWEST));
    }

    /// Whether it allows everything.
    boolean privileged() {
        return name.equals(PRIVILEGED);
    }

    /// Whether it allows less than another, whatever the versions.
    boolean stricter(PodSecurityLevel other) {
        return NAMES.indexOf(name) > NAMES.indexOf(other.name);
    }

    private static Optional<Integer> minor(String version) {
        if (version.equals(LATEST)) {
            return Optional.of(NEWEST);
        }
        String number = version.startsWith("v1.") ? version.substring("v1.".length()) : "";
        boolean digits = !number.isEmpty() && number.length() < 6 && number.chars().allMatch(c -> c >= '0' && c <= '9')
                && (number.length() == 1 || number.charAt(0) != '0');
        return digits ? Optional.of(Integer.parseInt(number)) : Optional.empty();
    }

    /// The first invalid label of a namespace; empty when all are valid.
    public static Optional<FieldProblem> problem(Map<String, String> labels) {
        return problems(labels).stream().findFirst();
    }

    /// The invalid labels of a namespace, in upstream's order.
    public static List<FieldProblem> problems(Map<String, String> labels) {
        List<FieldProblem> all = new ArrayList<>(0);
        for (String label : MODES) {
            String level = labels.getOrDefault(label, PRIVILEGED);
            if (!NAMES.contains(level)) {
                all.add(FieldProblem.invalid("metadata.labels[" + label + "]", level,
                        "must be one of privileged, baseline, restricted"));
            }
            String version = labels.getOrDefault(label + "-version", LATEST);
            if (minor(version).isEmpty()) {
                all.add(FieldProblem.invalid("metadata.labels[" + label + "-version]", version,
                        "must be \"latest\" or \"v1.x\""));
            }
        }
        return all;
    }

    /// The form of error messages, `baseline:v1.36`.
    @Override
    public String toString() {
        return name + ":" + version;
    }
}
