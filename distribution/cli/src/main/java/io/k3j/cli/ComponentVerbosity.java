package io.k3j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// `-v` of a component, as `--kubelet-arg=v=4`: what `--vmodule=kubelet=4` says of its loggers, since all components
/// have one log.
final class ComponentVerbosity {
    private static final String ARGUMENT = "v=";
    /// The loggers of a component, by the flag that gives it arguments; the last word of their names.
    private static final Map<String, List<String>> LOGGERS = Map.of("kubelet-arg", List.of("kubelet"),
            "kube-apiserver-arg", List.of("apiserver"), "kube-scheduler-arg", List.of("scheduler"),
            "kube-controller-manager-arg",
            List.of("controllersworkload", "controllerscluster", "controllersautoscaling", "controllerkit"),
            "kube-proxy-arg", List.of("kubeproxy"), "kube-cloud-controller-manager-arg", List.of("cloudcontroller"));

    private ComponentVerbosity() {
    }

    /// Whether a value of a flag is one.
    static boolean is(Flag flag, String value) {
        return LOGGERS.containsKey(flag.name()) && flag.bare(value).startsWith(ARGUMENT);
    }

    /// What is wrong with a setting that [#is] one.
    static Optional<String> problem(Setting s) {
        String number = s.flag().bare(s.value()).substring(ARGUMENT.length());
        boolean good = !number.isEmpty() && number.length() < 4 && number.chars().allMatch(Character::isDigit);
        return good ? Optional.empty()
                : Optional.of("invalid " + s.flag().shown() + "=" + s.value() + " (" + s.where()
                        + "): it must be a whole number, as v=4");
    }

    /// The levels of loggers, those of `--vmodule` last, which prevail.
    static String vmodule(Resolution resolution) {
        Map<String, String> levels = new LinkedHashMap<>();
        LOGGERS.forEach((flag, loggers) -> {
            for (Setting s : resolution.all(flag)) {
                if (is(s.flag(), s.value())) {
                    String level = s.flag().bare(s.value()).substring(ARGUMENT.length());
                    loggers.forEach(logger -> levels.put(logger, level));
                }
            }
        });
        String components = levels.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted()
                .collect(Collectors.joining(","));
        String own = resolution.last("vmodule").map(Setting::value).orElse("");
        return components.isEmpty() || own.isEmpty() ? components + own : components + "," + own;
    }
}
