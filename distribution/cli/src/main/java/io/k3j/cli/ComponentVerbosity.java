package io.k3j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `-v` of a component, as `--kubelet-arg=v=4`: what `--vmodule=kubelet=4` says of its loggers, since all components
/// have one log. `vmodule` of a component is `--vmodule` itself, as with K3s, for the same reason.
final class ComponentVerbosity {
    private static final String ARGUMENT = "v=";
    private static final String PATTERNS = "vmodule=";
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
        return LOGGERS.containsKey(flag.name())
                && (flag.bare(value).startsWith(ARGUMENT) || flag.bare(value).startsWith(PATTERNS));
    }

    /// What is wrong with a setting that [#is] one.
    static Optional<String> problem(Setting s) {
        String bare = s.flag().bare(s.value());
        if (bare.startsWith(PATTERNS)) {
            return Optional.empty();
        }
        String number = bare.substring(ARGUMENT.length());
        boolean good = !number.isEmpty() && number.length() < 4 && number.chars().allMatch(Character::isDigit);
        return good ? Optional.empty()
                : Optional.of("invalid " + s.flag().shown() + "=" + s.value() + " (" + s.where()
                        + "): it must be a whole number, as v=4");
    }

    /// The levels of loggers, those of `--vmodule` last, which prevail; those of kube-proxy's file first.
    static String vmodule(Resolution resolution) {
        Map<String, String> levels = new TreeMap<>();
        List<String> patterns = new ArrayList<>();
        LOGGERS.keySet().stream().sorted().forEach(flag -> Stream.concat(
                KubeProxyFile.levels(resolution.all(flag)).stream(), resolution.all(flag).stream()
                        .filter(s -> is(s.flag(), s.value())).map(s -> s.flag().bare(s.value())))
                .forEach(bare -> {
                    if (bare.startsWith(PATTERNS)) {
                        patterns.add(bare.substring(PATTERNS.length()));
                    } else {
                        LOGGERS.getOrDefault(flag, List.of())
                                .forEach(logger -> levels.put(logger, bare.substring(ARGUMENT.length())));
                    }
                }));
        List<String> all = new ArrayList<>();
        levels.forEach((logger, level) -> all.add(logger + "=" + level));
        all.addAll(patterns);
        resolution.last("vmodule").map(Setting::value).ifPresent(all::add);
        return all.stream().filter(text -> !text.isEmpty()).collect(Collectors.joining(","));
    }
}
