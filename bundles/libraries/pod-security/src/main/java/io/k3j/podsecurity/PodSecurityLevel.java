package io.k3j.podsecurity;

import io.k3j.apiserverapi.FieldProblem;
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
    private static final List<String> NAMES = List.of(PRIVILEGED, BASELINE, "restricted");
    private static final String LATEST = "latest";
    private static final int NEWEST = Integer.MAX_VALUE;

    /// The level that pods must meet. An invalid value counts as `restricted`, as upstream falls back.
    /// @param defaults values for missing labels
    public static PodSecurityLevel enforced(Map<String, String> labels, Map<String, String> defaults) {
        return of(merged(labels, defaults), ENFORCE);
    }

    /// The level of the warnings: that of the label `warn`; without it the enforced level when a label sets that or
    /// when the defaults do not set a less strict one.
    public static PodSecurityLevel warned(Map<String, String> labels, Map<String, String> defaults) {
        Map<String, String> all = merged(labels, defaults);
        if (labels.containsKey(WARN)) {
            return of(all, WARN);
        }
        PodSecurityLevel enforced = of(all, ENFORCE);
        PodSecurityLevel warned = of(all, WARN);
        boolean stricter = NAMES.indexOf(enforced.name) > NAMES.indexOf(warned.name);
        return stricter && (labels.containsKey(ENFORCE) || !defaults.containsKey(WARN)) ? enforced : warned;
    }

    /// The level whose violations the audit is told; none where a label from before its check is invalid, as upstream.
    public static PodSecurityLevel audited(Map<String, String> labels, Map<String, String> defaults) {
        PodSecurityLevel level = of(merged(labels, defaults), AUDIT);
        return NAMES.contains(level.name) ? level : new PodSecurityLevel(PRIVILEGED, level.version, level.minor);
    }

    private static Map<String, String> merged(Map<String, String> labels, Map<String, String> defaults) {
        Map<String, String> all = new HashMap<>(defaults);
        all.putAll(labels);
        return all;
    }

    private static PodSecurityLevel of(Map<String, String> labels, String label) {
        String version = labels.getOrDefault(label + "-version", LATEST);
        int minor = minor(version).orElse(NEWEST);
        return new PodSecurityLevel(labels.getOrDefault(label, PRIVILEGED), version, minor);
    }

    private static Optional<Integer> minor(String version) {
        if (version.equals(LATEST)) {
            return Optional.of(NEWEST);
        }
        String number = version.startsWith("v1.") ? version.substring("v1.".length()) : "";
        boolean digits = !number.isEmpty() && number.length() < 6 && number.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Optional.of(Integer.parseInt(number)) : Optional.empty();
    }

    /// The first invalid label of a namespace; empty when all are valid.
    public static Optional<FieldProblem> problem(Map<String, String> labels) {
        for (String label : List.of(ENFORCE, AUDIT, WARN)) {
            String level = labels.getOrDefault(label, PRIVILEGED);
            if (!NAMES.contains(level)) {
                return Optional.of(FieldProblem.invalid("metadata.labels[" + label + "]", level,
                        "must be one of privileged, baseline, restricted"));
            }
            String version = labels.getOrDefault(label + "-version", LATEST);
            if (minor(version).isEmpty()) {
                return Optional.of(FieldProblem.invalid("metadata.labels[" + label + "-version]", version,
                        "must be \"latest\" or \"v1.x\""));
            }
        }
        return Optional.empty();
    }

    /// The form of error messages, `baseline:v1.36`.
    @Override
    public String toString() {
        return name + ":" + version;
    }
}
